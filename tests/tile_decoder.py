"""A plain reader of Mapbox Vector Tiles, written from the format's text and sharing nothing with the encoder."""

from __future__ import annotations

import itertools
import struct
from dataclasses import dataclass, field


@dataclass
class Feature:
    id: int | None = None
    kind: int = 0
    tags: dict = field(default_factory=dict)
    paths: list = field(default_factory=list)
    commands: list = field(default_factory=list)


@dataclass
class Layer:
    name: str = ""
    version: int = 0
    extent: int = 0
    keys: list = field(default_factory=list)
    values: list = field(default_factory=list)
    features: list = field(default_factory=list)


def read_varint(data, at):
    shift = value = 0
    while True:
        byte = data[at]
        value |= (byte & 0x7F) << shift
        at, shift = at + 1, shift + 7
        if byte < 0x80:
            return value, at


def fields(data):
    at = 0
    while at < len(data):
        key, at = read_varint(data, at)
        number, wire = key >> 3, key & 7
        if wire == 0:
            value, at = read_varint(data, at)
        elif wire == 1:
            value, at = data[at : at + 8], at + 8
        elif wire == 2:
            size, at = read_varint(data, at)
            assert at + size <= len(data), "a field reaches beyond its message"
            value, at = data[at : at + size], at + size
        else:
            raise AssertionError(f"wire type {wire} in field {number}")
        yield number, value


def packed(data):
    out, at = [], 0
    while at < len(data):
        value, at = read_varint(data, at)
        out.append(value)
    return out


def unzigzag(value):
    return (value >> 1) ^ -(value & 1)


def read_value(data):
    ((number, raw),) = fields(data)
    if number == 1:
        return raw.decode()
    if number == 3:
        return struct.unpack("<d", raw)[0]
    if number == 5:
        return raw
    if number == 6:
        return unzigzag(raw)
    if number == 7:
        return bool(raw)
    raise AssertionError(f"value field {number}")


def read_paths(commands, kind):
    paths, at, x, y = [], 0, 0, 0
    while at < len(commands):
        command, count = commands[at] & 7, commands[at] >> 3
        at += 1
        if command == 7:
            assert kind == 3 and count == 1
            paths[-1].append(paths[-1][0])
            continue
        assert command in (1, 2) and count >= 1
        for _ in range(count):
            dx, dy = unzigzag(commands[at]), unzigzag(commands[at + 1])
            assert command == 1 or (dx, dy) != (0, 0), "a LineTo of no length"
            x, y, at = x + dx, y + dy, at + 2
            if command == 1:
                paths.append([])
            paths[-1].append((x, y))
    return paths


def read_feature(data, layer):
    feature = Feature()
    tags = []
    for number, value in fields(data):
        if number == 1:
            feature.id = value
        elif number == 2:
            tags = packed(value)
        elif number == 3:
            feature.kind = value
        elif number == 4:
            feature.commands = packed(value)
    assert len(tags) % 2 == 0
    for key, value in zip(tags[::2], tags[1::2], strict=True):
        assert layer.keys[key] not in feature.tags
        feature.tags[layer.keys[key]] = layer.values[value]
    feature.paths = read_paths(feature.commands, feature.kind)
    return feature


def read_layer(data):
    layer, raw = Layer(), []
    for number, value in fields(data):
        if number == 15:
            layer.version = value
        elif number == 1:
            layer.name = value.decode()
        elif number == 2:
            raw.append(value)
        elif number == 3:
            layer.keys.append(value.decode())
        elif number == 4:
            layer.values.append(read_value(value))
        elif number == 5:
            layer.extent = value
    layer.features = [read_feature(value, layer) for value in raw]
    return layer


def decode(tile):
    """Return {layer name: Layer} of a tile."""
    layers = [read_layer(value) for number, value in fields(tile) if number == 3]
    assert len({layer.name for layer in layers}) == len(layers)
    return {layer.name: layer for layer in layers}


def signed_area(ring):
    """Return twice the area by the surveyor's formula, positive for exteriors (y down)."""
    return sum(x0 * y1 - x1 * y0 for (x0, y0), (x1, y1) in itertools.pairwise(ring))


def polygons_of(feature):
    """Return [[exterior, hole, …], …] of a polygon feature: a positive ring begins a polygon."""
    out = []
    for ring in feature.paths:
        if signed_area(ring) > 0:
            out.append([ring])
        else:
            out[-1].append(ring)
    return out
