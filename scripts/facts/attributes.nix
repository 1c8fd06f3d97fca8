# What nixpkgs has in `pkgs` beside what its package lists publish: { names = [ name ]; kinds = { name = kind; }; sets = { path = [ name ]; }; }.
# `published`: a JSON file with the dotted paths of packages, which are not looked at. Each other name is forced after a line that marks it in the
# trace, so that one which stops the evaluation can be told, and left out (`without`) the next time.
{
  tree,
  published,
  without,
}:
let
  inherit (builtins)
    attrNames
    concatMap
    elem
    filter
    fromJSON
    isAttrs
    isFunction
    listToAttrs
    map
    readFile
    seq
    trace
    tryEval
    ;
  pkgs = import tree {
    config = {
      allowBroken = true;
      allowUnfree = true;
      allowUnsupportedSystem = true;
    };
    overlays = [ ];
    system = "x86_64-linux";
  };
  lists = listToAttrs (
    map (name: {
      inherit name;
      value = null;
    }) (fromJSON (readFile published))
  );
  skipped = listToAttrs (
    map (name: {
      inherit name;
      value = null;
    }) (fromJSON (readFile without))
  );
  is =
    path: value:
    let
      type = tryEval (isAttrs value && (value.type or null) == "derivation");
      forced = trace "@@${path}" (tryEval value);
    in
    if skipped ? ${path} then
      "unknown"
    else if !forced.success then
      "gone"
    else if isFunction value then
      "function"
    else if !(isAttrs value) then
      "value"
    else if !type.success || type.value then
      "package"
    else if value ? __functor then
      "function"
    else
      "set";
  names = attrNames pkgs;
  unlisted = filter (name: !(lists ? ${name})) names;
  kinds = listToAttrs (
    map (name: {
      inherit name;
      value = is name pkgs.${name};
    }) unlisted
  );
  # pkgs.pkgs, buildPackages, pkgsCross.x.… are nixpkgs again; a set that is no set of packages is told by its members.
  again = name: value: value ? callPackage && value ? stdenv && value ? lib && value ? fetchurl;
  sets = concatMap (
    name:
    let
      listed = tryEval (attrNames pkgs.${name});
    in
    if kinds.${name} != "set" || elem name [ "lib" ] || again name pkgs.${name} || !listed.success then
      [ ]
    else
      [
        {
          inherit name;
          value = listed.value;
        }
      ]
  ) unlisted;
in
{
  inherit names kinds;
  sets = listToAttrs sets;
}
