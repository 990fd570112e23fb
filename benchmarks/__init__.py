"""Measurements of speed and of accuracy beside others, each made in one run."""
