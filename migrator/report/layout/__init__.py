"""Layered layout of graphs with nested groups: sizes in, positions out. It knows nothing of DAGs or SVG."""

from __future__ import annotations

from .layered import layout
from .model import Box, Edge, Group, Layout, Node, Point
from .path import path

__all__ = ["Box", "Edge", "Group", "Layout", "Node", "Point", "layout", "path"]
