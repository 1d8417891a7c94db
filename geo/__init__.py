"""WHERE: lng and lat in, boundaries, sites and metres out.

``boundaries`` says whose a place is, and how far the next county; ``layers``,
``places`` and ``finding`` are its words, ``grid`` and ``borders`` make it fast,
``tables`` holds what was built once. ``shares`` shares out the error of a location,
``reach`` how far somebody may be. ``sites`` are points with an id, ``fences`` watched
areas. ``crs``, ``written`` and ``twd67`` read coordinates; ``distance``, ``chord``,
``edges`` and ``orientation`` compute with them. ``machine_code`` and ``compiling`` are
for what is compiled.
"""
