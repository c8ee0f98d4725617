"""Providers and administrative cmdlets; importing the package registers them."""
