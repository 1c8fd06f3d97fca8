# Every option of an evaluated module set, published or not: what `nixosOptionsDoc` filters out is what we are after.
#
#   p: path    t: type sentence    i: internal    v: visible    to: what it is an alias of    r: it says that it was removed
{ lib }:
let
  try =
    default: value:
    let
      result = builtins.tryEval (builtins.deepSeq value value);
    in
    if result.success then result.value else default;

  # mkRenamedOptionModule describes the option that it leaves behind so (nixpkgs lib/modules.nix, doRename).
  aliasOf =
    option:
    let
      match = builtins.match "Alias of \\{option}`([^`]*)`\\..*" (try "" "${option.description or ""}");
    in
    if match == null then null else builtins.head match;

  fact =
    option:
    let
      t = try "unspecified value" option.type.description;
      v = try true (option.visible or true);
      to = aliasOf option;
    in
    {
      inherit t to;
      p = map toString option.loc;
      i = try false (option.internal or false);
      v = if builtins.isString v then true else v;
      # mkRemovedOptionModule leaves an option that has nothing but an `apply` that throws.
      r = v == false && to == null && t == "unspecified value" && !(option ? default || option ? description);
    };

  deepest = 9; # configurations inside configurations never end
  below =
    depth: option:
    if depth > deepest || try true (option.visible or true) != true then
      [ ]
    else
      try [ ] (all (depth + 1) (option.type.getSubOptions option.loc));
  all =
    depth: options:
    builtins.concatMap (option: [ (fact option) ] ++ below depth option) (
      lib.collect lib.isOption (removeAttrs options [ "_module" ])
    );
in
all 0
