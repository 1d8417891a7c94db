"""A check finds every changed byte, and an archive opens only what it can trust."""

import json

import numpy as np
import pytest

from data.errors import ArchiveDamaged
from data.reads.archive import Archive
from data.reads.check import check
from data.reads.layout import KEY, PARTS
from data.reads.manifest import NAME
from tests.data.reads.made import made_reads


@pytest.fixture
def folder(tmp_path, rng):
    with Archive(tmp_path) as archive:
        archive.append(made_reads(rng, 400))
        archive.rotate()
        archive.upkeep.seal_waiting()
        archive.append(made_reads(rng, 40))
    return tmp_path


def test_a_whole_archive_has_no_faults(folder):
    found = check(folder)
    assert found.faults == ()
    assert found.sealed > 200
    assert found.unsealed > 20
    assert found.torn == 0


@pytest.mark.parametrize("part", PARTS)
def test_every_changed_byte_of_a_file_is_found(folder, part):
    path = min(folder.glob(f"*.{part}.arrow"))
    content = bytearray(path.read_bytes())
    for at in np.linspace(0, len(content) - 1, 40).astype(int):
        content[at] ^= 0x10
        path.write_bytes(content)
        assert [fault.file for fault in check(folder).faults] == [path.name]
        content[at] ^= 0x10


@pytest.mark.parametrize("part", PARTS)
def test_a_file_that_is_gone_is_found_and_the_archive_does_not_open(folder, part):
    path = min(folder.glob(f"*.{part}.arrow"))
    path.unlink()
    assert [fault.file for fault in check(folder).faults] == [path.name]
    with pytest.raises(ArchiveDamaged, match="restore it from a backup"):
        Archive(folder)


def test_a_broken_manifest_is_not_taken_for_an_empty_archive(folder):
    (folder / NAME).write_bytes(b"{")
    with pytest.raises(ArchiveDamaged, match="it cannot be read"):
        Archive(folder)


def test_an_archive_of_a_later_release_is_refused(folder):
    content = json.loads((folder / NAME).read_bytes())
    (folder / NAME).write_text(json.dumps(content | {"version": 99}))
    with pytest.raises(ArchiveDamaged, match="a later release"):
        Archive(folder)


def test_what_a_crash_left_half_made_is_removed(folder):
    strays = [folder / "99999999.plates.arrow", folder / f"{NAME}.new"]
    for path in strays:
        path.write_bytes(b"half")
    with Archive(folder) as archive:
        assert not any(path.exists() for path in strays)
        assert len(archive.between().all()) == len(archive)


def test_a_file_says_what_it_is(folder):
    import pyarrow as pa

    path = min(folder.glob("*.plates.arrow"))
    with pa.memory_map(str(path)) as source:
        said = json.loads(pa.ipc.open_file(source).schema.metadata[KEY])
    assert said["version"] == 2
    assert {"reads", "first", "last", "unit", "begins", "looks", "values"} <= set(said)
