"""``python -m iisrelay``."""

from iisrelay.cli import main

main()
