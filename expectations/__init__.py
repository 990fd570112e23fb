"""Expectation suites: what every table must hold before anything is published."""
