"""The heavy part of a night on the workers of a Dask cluster: what is sent are paths, what comes back are names of files."""
