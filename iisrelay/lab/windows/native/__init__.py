"""Native programs; importing the package registers them."""
