"""Shapes: what expressions come to, told without evaluation, lazily, across files, bounded in steps and depth.

`shape` has the data; `inference` holds the state; `expressions` and `library` are two tables, whose functions stand in the `*_functions`
modules; `arguments` says what functions are given
where no call is seen, `flakes` what the inputs and outputs of a flake are. What is not certain is open (`ANY`); never is anything guessed.

Other than the partial evaluation (`nix_lsp.analysis.partial`), which keeps whatever may be part of a host, a shape says where each
attribute is bound, and whether a set may have others: what is exact here can be relied on.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tree_sitter import Node

    from nix_lsp.analysis.project import Project
    from nix_lsp.analysis.shapes.shape import Shape
    from nix_lsp.syntax.document import Document


def shape_of(project: Project, document: Document, node: Node) -> Shape:
    """Return what an expression of a document comes to where it stands.

    Args:
        project: the project, whose files are followed.
        document: the document that the node is of; it may be one that was completed for the parser.
        node: an expression.

    Returns:
        Its shape: `Shape.attribute(name)` tells what it has under a name and where that is bound, None where it surely has no such
        attribute. Never raises; what is not known is `shape.ANY`.
    """
    from nix_lsp.analysis.shapes.inference import Inference

    return Inference(project).shape_at(document, node)
