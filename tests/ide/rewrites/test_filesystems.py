"""`imp-mount`, `imp-swapfile`, `imp-zpool-import`, `imp-luks-open`, `imp-tmp-clean`."""

from __future__ import annotations

import pytest

from nix_lsp.ide.model import Tier

from .bench import check_no_edit, check_rewrite, check_silent, findings

MOUNT, SWAP, POOL, CRYPT, TMP = "imp-mount", "imp-swapfile", "imp-zpool-import", "imp-luks-open", "imp-tmp-clean"


def test_a_mount_among_others_is_declared_with_its_options():
    check_rewrite(
        MOUNT,
        before="""\
{
  fileSystems."/" = {
    device = "/dev/a";
    fsType = "ext4";
  };
  system.activationScripts.m = ''
    mkdir -p $x
    mount -o ro,noatime -t ext4 /dev/disk/by-label/data /mnt/data
  '';
}
""",
        after="""\
{
  fileSystems."/" = {
    device = "/dev/a";
    fsType = "ext4";
  };
  fileSystems."/mnt/data" = {
    device = "/dev/disk/by-label/data";
    fsType = "ext4";
    options = [
      "ro"
      "noatime"
    ];
  };
  system.activationScripts.m = ''
    mkdir -p $x
  '';
}
""",
    )


def test_a_bind_mount_has_no_type():
    check_rewrite(
        MOUNT,
        before='{ c, ... }:\n{\n  system.activationScripts.m = "mount --bind ${c.dir}/a /srv/a/";\n}\n',
        after=(
            '{ c, ... }:\n{\n  fileSystems."/srv/a" = {\n    device = "${c.dir}/a";\n    fsType = "none";\n'
            '    options = [ "bind" ];\n  };\n}\n'
        ),
    )


def test_a_mount_point_of_another_device_is_left():
    check_no_edit(
        '{ fileSystems."/m".device = "/dev/a"; system.activationScripts.m = "mount /dev/b /m"; }', "another value"
    )


def test_a_password_is_not_moved():
    (found,) = findings('{ system.activationScripts.m = "mount -t cifs -o user=a,password=b //s/x /m"; }')
    assert found.fixes == ()
    assert "password=b" not in found.message


@pytest.mark.parametrize(
    "text",
    [
        '{ system.activationScripts.m = "mount /mnt"; }',
        '{ system.activationScripts.m = "mount -a"; }',
        '{ system.activationScripts.m = "mount -o remount,rw /dev/a /m"; }',
        '{ system.activationScripts.m = "mount $d /m"; }',
        '{ system.activationScripts.m = "mount -t tmpfs tmpfs /run/x"; }',
        '{ system.activationScripts.m = "mount /dev/a /m; cp x /m; umount /m"; }',
        '{ system.activationScripts.m = "mountpoint -q /m || mount /dev/a /m"; }',
        '{ systemd.services.x.preStart = "mount /dev/a /m"; }',
        '{ systemd.services.restore-drill = { wantedBy = [ "a.target" ]; script = "mount /dev/a /m"; }; }',
    ],
)
def test_other_mounts_stay(text: str):
    check_silent(text)


def test_a_swap_file_made_by_dd_joins_the_list():
    check_rewrite(
        SWAP,
        before="""\
{
  swapDevices = [ { device = "/dev/sda2"; } ];
  system.activationScripts.s = ''
    dd if=/dev/zero of=/var/swap bs=1M count=2048
    chmod 0600 /var/swap
    mkswap /var/swap
    swapon /var/swap
    a
  '';
}
""",
        after="""\
{
  swapDevices = [ { device = "/dev/sda2"; } { device = "/var/swap"; size = 2048; } ];
  system.activationScripts.s = ''
    a
  '';
}
""",
    )


def test_a_device_needs_no_size():
    check_rewrite(
        SWAP,
        before='{\n  system.activationScripts.s = "a; swapon /dev/disk/by-label/swap";\n}\n',
        after='{\n  system.activationScripts.s = "a";\n  swapDevices = [ { device = "/dev/disk/by-label/swap"; } ];\n}\n',
    )


@pytest.mark.parametrize(
    "text",
    [
        '{ system.activationScripts.s = "swapon -a"; }',
        '{ system.activationScripts.s = "swapon $f"; }',
        '{ system.activationScripts.s = "swapon -p 5 /swap"; }',
        '{ system.activationScripts.s = "mkswap /swap; swapon /swap"; }',
        '{ system.activationScripts.s = "fallocate -l 1G /data/x"; }',
        '{ system.activationScripts.s = "[ -e /swap ] || fallocate -l 1G /swap"; }',
        '{ swapDevices = [ { device = "/swap"; } ]; system.activationScripts.s = "swapon /swap"; }',
    ],
)
def test_other_swap_space_stays(text: str):
    check_silent(text)


def test_a_pool_joins_the_others():
    check_rewrite(
        POOL,
        before='{\n  boot.zfs.extraPools = [ "a" ];\n  system.activationScripts.z = "zpool import -N b\\nc";\n}\n',
        after='{\n  boot.zfs.extraPools = [ "a" "b" ];\n  system.activationScripts.z = "c";\n}\n',
    )


def test_a_service_that_waits_for_devices_goes_with_the_pool():
    check_rewrite(
        POOL,
        before="""\
{ pkgs, ... }:
{
  systemd.services.tank = {
    wantedBy = [ "multi-user.target" ];
    after = [ "systemd-udev-settle.service" ];
    serviceConfig.ExecStart = "${pkgs.zfs}/bin/zpool import tank";
  };
}
""",
        after='{ pkgs, ... }:\n{\n  boot.zfs.extraPools = [ "tank" ];\n}\n',
    )


@pytest.mark.parametrize(
    "command",
    [
        "zpool import",
        "zpool import -a",
        "zpool import -f tank",
        "zpool import -d /x tank",
        "zpool import a b",
        "zpool status a",
        "zpool import $p",
    ],
)
def test_other_pools_stay(command: str):
    check_silent(f'{{ system.activationScripts.z = "{command}"; }}')


def test_an_encrypted_device_joins_the_table():
    check_rewrite(
        CRYPT,
        before="""\
{
  environment.etc.crypttab.text = ''
    a /dev/a none
  '';
  system.activationScripts.c = ''
    cryptsetup open --type luks -d ${k}/key /dev/b b
    d
  '';
}
""",
        after="""\
{
  environment.etc.crypttab.text = ''
    a /dev/a none
    b /dev/b ${k}/key luks,nofail
  '';
  system.activationScripts.c = ''
    d
  '';
}
""",
        preferred=False,
    )


def test_a_device_without_a_key_is_asked_for():
    check_rewrite(
        CRYPT,
        before='{\n  system.activationScripts.c = "cryptsetup -q luksOpen /dev/b b";\n}\n',
        after='{\n  environment.etc.crypttab.text = "b /dev/b none luks,nofail";\n}\n',
        preferred=False,
    )


@pytest.mark.parametrize(
    "command",
    [
        "cryptsetup luksClose b",
        "cryptsetup luksFormat /dev/b",
        "cryptsetup luksOpen $d b",
        "cryptsetup open --type plain /dev/b b",
        "cryptsetup luksOpen --readonly /dev/b b",
        "echo x | cryptsetup luksOpen /dev/b b",
    ],
)
def test_other_uses_of_cryptsetup_stay(command: str):
    check_silent(f'{{ system.activationScripts.c = "{command}"; }}')


@pytest.mark.parametrize("command", ["rm -rf /tmp/*", "rm -fR /tmp", "rm -r -f /tmp/* /tmp/.*"])
def test_a_cleaning_of_tmp_is_an_option(command: str):
    check_rewrite(
        TMP,
        before=f"{{\n  system.activationScripts.t = ''\n    a\n    {command} || true\n  '';\n}}\n",
        after="{\n  system.activationScripts.t = ''\n    a\n  '';\n  boot.tmp.cleanOnBoot = true;\n}\n",
    )


@pytest.mark.parametrize(
    "command", ["rm -rf /tmp/x", "rm -f /tmp/*", "rm -rf /tmp/* /var/x", "rm -rf $TMP/*", "rm -rf /tmp/*.log"]
)
def test_other_removals_stay(command: str):
    check_silent(f'{{ system.activationScripts.t = "{command}"; }}')


def test_a_swap_file_on_btrfs_is_for_review():
    def tiers(kind: str) -> list[Tier]:
        module = (
            f'{{ fileSystems."/" = {{ fsType = "ext4"; }}; fileSystems."/swap".fsType = "{kind}"; '
            'system.activationScripts.s = "fallocate -l 1G /swap/file; mkswap /swap/file; swapon /swap/file"; }'
        )
        return [fix.tier for each in findings(module) for fix in each.fixes]

    assert tiers("btrfs") == [Tier.REVIEW]
    assert tiers("xfs") == [Tier.MECHANICAL]
    check_silent(
        '{ system.activationScripts.s = "chattr +C /swap; fallocate -l 1G /swap; mkswap /swap; swapon /swap"; }'
    )
