"""Store and inbox on S3-compatible object storage: brought to a folder of this machine, worked on there, taken back whole."""
