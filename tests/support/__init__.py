"""What several tests need: real engines, the world the samples run in, and the samples themselves."""
