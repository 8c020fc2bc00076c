"""`python -m medea.apps.cli`: the same as `medea`."""

from medea.apps.cli.main import main

main()
