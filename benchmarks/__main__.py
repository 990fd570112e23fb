"""`make bench`: run the benchmarks that need nothing but fazhi.

In: nothing. Out: figures on standard output.
"""

from benchmarks.extraction import main

main()
