"""The settings: every one is declared once, with the place where Windows stores it."""
