"""Accuracy on our gold beside the tools that a user would otherwise take; see README.md."""
