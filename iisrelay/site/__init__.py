"""The site file: its shape, its loading, and what it means for each host."""
