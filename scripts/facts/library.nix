# What `lib` has: a list of { path, kind, args }. Each name is forced in a library of its own, after a line that marks it in the trace:
# what is said next is said of it.
{ lib, without }:
let
  inherit (builtins)
    attrNames
    concatMap
    elem
    functionArgs
    head
    isAttrs
    isFunction
    length
    seq
    substring
    trace
    tryEval
    typeOf
    ;
  fresh = _: scopedImport { } lib;
  join = builtins.concatStringsSep ".";
  get = path: builtins.foldl' (set: name: set.${name}) (fresh path) path;
  isNamespace = value: isAttrs value && !(value ? _type) && !(value ? type) && !(value ? __functor);
  kind =
    value:
    if isFunction value || (isAttrs value && value ? __functor) then
      "function"
    else if isAttrs value && (value._type or null) == "option-type" then
      "type"
    else
      typeOf value;
  flat = [
    "licenses"
    "licensesSpdx"
    "platforms"
    "systems"
    "sourceTypes"
  ];
  below =
    path: set:
    concatMap (
      name:
      let
        here = path ++ [ name ];
        forced = tryEval (get here);
        success = trace "@@${join here}" (seq forced.success forced.success);
      in
      if elem (join here) without || substring 0 1 name == "_" then
        [ ]
      else if !success then
        [
          {
            path = here;
            kind = "error";
            args = [ ];
          }
        ]
      else
        [
          {
            path = here;
            kind = kind forced.value;
            args = if isFunction forced.value then attrNames (functionArgs forced.value) else [ ];
          }
        ]
        ++ (
          if
            isNamespace forced.value
            && length here < 3
            && !(elem name [ "types" "mergeAttrBy" "licensesSpdx" ] && path != [ ])
            && !(path != [ ] && elem (head path) flat)
            && name != "mergeAttrBy"
          then
            below here forced.value
          else
            [ ]
        )
    ) (attrNames set);
in
below [ ] (fresh null)
