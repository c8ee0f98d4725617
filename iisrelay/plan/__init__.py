"""What would be done to a host: changes, their order, their dangers."""
