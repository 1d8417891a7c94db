"""Segments as the release before wrote them: version 1, without counts by hour."""

from dataclasses import asdict, replace
from zlib import crc32

import orjson
import pyarrow as pa

from data.reads.layout import KEY, about_of, open_part, path_of
from data.reads.manifest import read_manifest, write_manifest


def make_version_1(folder):
    """Turn the segments of an archive that nobody has open into such of version 1."""
    manifest = read_manifest(folder)
    segments = tuple(_older(folder, one) for one in manifest.segments)
    write_manifest(folder, replace(manifest, segments=segments))


def _older(folder, sealed):
    path_of(folder, sealed.name, "hours").unlink(missing_ok=True)
    path = path_of(folder, sealed.name, "plates")
    plates = open_part(path)
    about = asdict(replace(about_of(path, plates), version=1))
    plates = plates.replace_schema_metadata({KEY: orjson.dumps(about)})
    sink = pa.BufferOutputStream()
    with pa.ipc.new_file(sink, plates.schema) as writer:
        writer.write_batch(plates)
    content = sink.getvalue().to_pybytes()
    new = path.with_suffix(".new")
    new.write_bytes(content)
    new.replace(path)  # the old one is mapped into memory
    checksums = {part: n for part, n in sealed.checksums.items() if part != "hours"}
    size = sum(path_of(folder, sealed.name, part).stat().st_size for part in checksums)
    return replace(sealed, size=size, checksums=checksums | {"plates": crc32(content)})
