"""`python -m medea` is the command `medea`."""

from medea.apps.cli.main import main

main()
