"""Connected components: rows that a chain of pairs connects.

Belongs here: components and their labels. Does not: clusters of records (`clusters`), which never follow a chain of
single links.
"""

import numpy as np
import numpy.typing as npt

Rows = npt.NDArray[np.int64]


def label_components(size: int, left: npt.NDArray[np.integer], right: npt.NDArray[np.integer]) -> Rows:
    """For each row the smallest row that it is connected to, itself if by no pair."""
    if not len(left):
        return np.arange(size, dtype=np.int64)
    # Imported here because it takes 20 MB and a quarter of a second, which most linkages do without.
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    graph = coo_array((np.ones(len(left)), (left, right)), shape=(size, size))
    labels = connected_components(graph, directed=False)[1]
    smallest = np.unique(labels, return_index=True)[1]
    return np.asarray(smallest[labels], np.int64)
