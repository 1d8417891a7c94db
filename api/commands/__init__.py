"""One module for each command of `lianfang`."""
