"""`python -m mock_odus` is `mock-odus`."""

from mock_odus.cli import main

main()
