"""NormScope: live training visualisation of networks with and without normalisation, side by side."""

__version__ = "0.1.0"
