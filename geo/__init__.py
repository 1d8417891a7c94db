"""WHERE: lng and lat in, boundaries, sites and metres out."""
