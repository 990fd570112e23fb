"""Measurements of speed and of accuracy beside others, each made in one run."""

# As the command line does, before polars is loaded: it sets how polars takes memory.
import flows as flows
