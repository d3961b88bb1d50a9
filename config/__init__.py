"""Policy and price data, and the loader that turns them into settings."""
