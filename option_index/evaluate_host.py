"""The options of one host that a flake builds, all of its modules included, by the Nix that is installed: a bounded child process.

Unlike the evaluation of a pinned nixpkgs (`evaluate.py`) this one fetches the flake's inputs where they are not in the store yet, as
any use of the flake does. It builds nothing. Nothing here decides *whether* to evaluate: that is the user's to say.
"""

from __future__ import annotations

import json
import tempfile
from contextlib import contextmanager
from pathlib import Path
from shutil import which
from typing import TYPE_CHECKING

from option_index.evaluate import EvaluationError, Limits, launched, reason_of, run

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Sequence

LIMITS = Limits(seconds=900, memory=12 * 2**30)
"""A host with home-manager inside takes some 10 seconds and 1.5 GB; Nix's collector reserves more than it uses."""

HOST, HOMES = "host", "homes"

_EXPRESSION = """
{ flake, place, part, defaults }:
let
  inherit (builtins) attrNames concatMap concatStringsSep head isAttrs isBool isFloat isInt isString length listToAttrs
    stringLength tail toJSON tryEval;
  select = set: names: if names == [ ] then set else select (set.${head names}) (tail names);
  built = select (builtins.getFlake flake) (builtins.fromJSON place);
  # A definition of an option that does not exist is to be found with these options: it must not keep them from being read.
  extended = more: if built ? extendModules then built.extendModules { modules = [ { _module.check = false; } ] ++ more; } else built;
  host = extended [ ];
  # Each home says what options it has: its own modules may declare some that those of all homes do not.
  telling = { options, lib, ... }: {
    options.nix-lsp-options = lib.mkOption { visible = false; type = lib.types.raw or lib.types.unspecified; };
    config = { nix-lsp-options = options; _module.check = lib.mkForce false; };
  };
  homes = (extended [ { home-manager.sharedModules = [ telling ]; } ]).config.home-manager.users;
  optionsOf = home: walk (removeAttrs home.nix-lsp-options [ "nix-lsp-options" ]) [ ];
  safely = fallback: value: let tried = tryEval value; in if tried.success then tried.value else fallback;
  text = value: safely null (
    if value == null then null
    else if isString value then value
    else if isAttrs value && isString (value.text or null) then value.text
    else null
  );
  literal = value: safely null (
    if value == null then "null"
    else if isBool value then (if value then "true" else "false")
    else if isInt value || isFloat value || (isString value && stringLength value < 200) then toJSON value
    else if value == [ ] then "[ ]"
    else if isAttrs value && ! (value ? type) && attrNames value == [ ] then "{ }"
    else null
  );
  isOption = value: isAttrs value && safely null (value._type or null) == "option";
  default = option:
    if option ? defaultText then text option.defaultText
    else if defaults == "yes" && option ? default then literal option.default
    else null;
  # What a home has is called by its name in home-manager.
  named = loc: if part == "homes" && length loc > 3 && apart [ (head loc) (head (tail loc)) ] then tail (tail (tail loc)) else loc;
  record = at: option: let loc = named at; in {
    name = concatStringsSep "." loc;
    value = {
      inherit loc;
      type = safely "unspecified value" (option.type.description or "unspecified value");
      description = text (option.description or null);
      default = default option;
      example = text (option.example or null);
      declarations = safely [ ] (map (file: safely "" (toString file)) (option.declarations or [ ]));
      readOnly = safely false (option.readOnly or false) == true;
      internal = safely false (option.internal or false) == true || safely true (option.visible or true) == false;
    };
  };
  # What a submodule of home-manager holds is a module set of its own.
  apart = loc: loc == [ "home-manager" "users" ];
  # As in nixpkgs' own lists: what is shown without what is below it may go on for ever.
  below = loc: option:
    if apart loc || safely true (option.visible or true) != true then [ ]
    else safely [ ] (let found = walk (option.type.getSubOptions loc) loc; in builtins.seq (length found) found);
  walk = set: at:
    concatMap
      (name:
        let value = safely null set.${name}; loc = at ++ [ name ];
        in
          if name == "_module" || value == null then [ ]
          else if isOption value then
            let own = safely loc (value.loc or loc); in [ (record own value) ] ++ below own value
          else if isAttrs value then safely [ ] (walk value loc)
          else [ ])
      (attrNames set);
in
listToAttrs (
  if part != "homes" then walk host.options [ ]
  else if built ? extendModules && host.options ? home-manager.users && host.options ? home-manager.sharedModules
  then concatMap (name: optionsOf homes.${name}) (attrNames homes)
  else [ ]
)
"""
"""All options of a host as `options.json` has them, those that are not shown as internal ones; or those that any of its homes has."""


@contextmanager
def evaluated_host(
    flake: str,
    place: Sequence[str],
    *,
    part: str = HOST,
    limits: Limits = LIMITS,
    program: str = "nix-instantiate",
    progress: Callable[[float], bool] | None = None,
) -> Generator[Path]:
    """Evaluate the options of a host; gives an `options.json`, which is removed at the end.

    Args:
        flake: an absolute path, or another reference to a flake.
        place: where the host stands among the outputs: `("nixosConfigurations", "laptop")`.
        part: `HOST` for the host's own options, `HOMES` for those of its `home-manager.users`, all users' together; it may have none.
        limits: bounds.
        program: the `nix-instantiate` to run, a path or a name on PATH.
        progress: called with the seconds so far, several times a second; returning False ends the evaluation.

    Raises:
        EvaluationError: there is no Nix, the evaluation failed, or it went beyond its bounds.
        OSError: there is no room for a temporary file.
    """
    if which(program) is None:
        raise EvaluationError(f"`{program}` is not on PATH")
    complaints: list[str] = []
    with tempfile.TemporaryDirectory(prefix="nix-lsp-") as folder:
        target = Path(folder) / "options.json"
        # Defaults without a text of their own may fail in ways that an expression cannot catch: then without them.
        for defaults in ("yes", "no"):
            with target.open("wb") as output, tempfile.TemporaryFile() as said:
                command = _command(flake, place, part, program, limits, defaults)
                code = run(command, output, said, limits, progress)
                said.seek(0)
                complaint = said.read().decode("utf-8", "replace")
            if code == 0:
                yield target
                return
            complaints.append(reason_of(complaint, code, program))
        raise EvaluationError(f"{flake}#{'.'.join(place)}: {complaints[-1]}")


def _command(flake: str, place: Sequence[str], part: str, program: str, bounds: Limits, defaults: str) -> list[str]:
    return [
        *launched(bounds),
        program,
        *("--eval", "--strict", "--json"),
        *("--option", "extra-experimental-features", "flakes"),
        *("--option", "allow-import-from-derivation", "false", "--option", "warn-dirty", "false"),
        *("--expr", _EXPRESSION, "--argstr", "flake", flake, "--argstr", "place", json.dumps(list(place))),
        *("--argstr", "part", part, "--argstr", "defaults", defaults),
    ]
