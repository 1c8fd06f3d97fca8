"""`imp-modprobe`, `imp-rmmod`, `imp-proc-sys`, `imp-sysfs-write`."""

from __future__ import annotations

import pytest

from nix_lsp.ide.model import Tier

from .bench import check_no_edit, check_rewrite, check_silent, findings

LOAD, UNLOAD, PROC, SYS = "imp-modprobe", "imp-rmmod", "imp-proc-sys", "imp-sysfs-write"


def test_a_module_joins_those_that_are_loaded():
    check_rewrite(
        LOAD,
        before="""\
{
  boot.kernelModules = [ "kvm-intel" ];
  systemd.services.vpn.preStart = ''
    ${pkgs.kmod}/bin/modprobe -q tun || true
    mkdir -p $x
  '';
}
""",
        after="""\
{
  boot.kernelModules = [ "kvm-intel" "tun" ];
  systemd.services.vpn.preStart = ''
    mkdir -p $x
  '';
}
""",
    )


def test_parameters_become_a_line_of_modprobes_configuration():
    check_rewrite(
        LOAD,
        before="""\
{
  boot.extraModprobeConfig = ''
    options a b=1
  '';
  system.activationScripts.v = "modprobe v4l2loopback exclusive_caps=1 video_nr=9";
}
""",
        after="""\
{
  boot.extraModprobeConfig = ''
    options a b=1
    options v4l2loopback exclusive_caps=1 video_nr=9
  '';
  boot.kernelModules = [ "v4l2loopback" ];
}
""",
    )


def test_several_modules_at_once():
    check_rewrite(
        LOAD,
        before='{\n  boot.kernelModules = [ ];\n  system.activationScripts.v = "modprobe -a a b_c";\n}\n',
        after='{\n  boot.kernelModules = [ "a" "b_c" ];\n}\n',
    )


def test_a_line_that_is_there_is_not_written_again():
    check_rewrite(
        LOAD,
        before='{\n  boot.extraModprobeConfig = "options a b=1\\n";\n  boot.kernelModules = [ "a" ];\n  system.activationScripts.v = "modprobe a b=1";\n}\n',
        after='{\n  boot.extraModprobeConfig = "options a b=1\\n";\n  boot.kernelModules = [ "a" ];\n}\n',
    )


@pytest.mark.parametrize(
    "script",
    [
        "modprobe",
        "modprobe $m",
        "modprobe -n a",
        "modprobe --show-depends a",
        "modprobe -d /x a",
        "lsmod | grep a || modprobe a",
        "if x; then modprobe a; fi",
        "for m in a b; do modprobe $m; done",
        "modprobe -r a\\nsleep 1\\nmodprobe a",
    ],
)
def test_other_modules_stay(script: str):
    check_silent(f'{{ system.activationScripts.v = "{script}"; }}')


@pytest.mark.parametrize("name", ["resume-wifi", "fix-suspend", "gpu-toggle"])
def test_hooks_of_sleep_and_switches_are_left(name: str):
    check_silent(f'{{ systemd.services.{name}.script = "modprobe a"; }}')


def test_a_module_is_blacklisted_beside_others():
    check_rewrite(
        UNLOAD,
        before='{\n  boot.blacklistedKernelModules = [ "a" ];\n  system.activationScripts.n = "x; modprobe -r nouveau; y";\n}\n',
        after='{\n  boot.blacklistedKernelModules = [ "a" "nouveau" ];\n  system.activationScripts.n = "x; y";\n}\n',
    )


def test_several_modules_are_blacklisted_by_a_service_at_boot():
    check_rewrite(
        UNLOAD,
        before='{\n  systemd.services.n = {\n    wantedBy = [ "multi-user.target" ];\n    script = "rmmod b c";\n  };\n}\n',
        after='{\n  boot.blacklistedKernelModules = [\n    "b"\n    "c"\n  ];\n}\n',
    )


@pytest.mark.parametrize(
    "text",
    [
        '{ system.activationScripts.n = "rmmod a; modprobe a"; }',
        '{ system.activationScripts.n = "rmmod a_b\\nif x; then modprobe a-b; fi"; }',
        '{ systemd.services.vm.preStart = "rmmod nvidia"; }',
        '{ systemd.services.free-gpu.script = "rmmod nvidia"; }',
        '{ system.activationScripts.n = "rmmod -w a"; }',
    ],
)
def test_modules_that_are_wanted_at_times_stay(text: str):
    check_silent(text)


def test_what_is_written_below_proc_sys_joins_the_parameters():
    check_rewrite(
        PROC,
        before="""\
{
  boot.kernel.sysctl = {
    "vm.swappiness" = 10;
  };
  system.activationScripts.a = ''
    x
    echo 1 | sudo tee /proc/sys/net/ipv4/conf/eth0.5/forwarding >/dev/null
    printf '%s\\n' "a b" > /proc/sys/kernel/core_pattern
  '';
}
""",
        after="""\
{
  boot.kernel.sysctl = {
    "vm.swappiness" = 10;
    "net.ipv4.conf.eth0/5.forwarding" = 1;
    "kernel.core_pattern" = "a b";
  };
  system.activationScripts.a = ''
    x
  '';
}
""",
        choice=1,
    )


def test_a_value_of_nix_comes_along():
    check_rewrite(
        PROC,
        before='{ c, ... }:\n{\n  system.activationScripts.a = "echo ${toString c.n} > /proc/sys/vm/nr_hugepages";\n}\n',
        after='{ c, ... }:\n{\n  boot.kernel.sysctl."vm.nr_hugepages" = "${toString c.n}";\n}\n',
    )


def test_another_value_of_a_parameter_is_a_conflict():
    check_no_edit(
        '{ boot.kernel.sysctl."vm.x" = 1; system.activationScripts.a = "echo 2 > /proc/sys/vm/x"; }', "another value"
    )


@pytest.mark.parametrize(
    "script",
    [
        "echo $n > /proc/sys/vm/x",
        "echo 1 > /proc/sys/net/ipv4/conf/*/forwarding",
        "cat /a > /proc/sys/vm/x",
        "echo b > /proc/sysrq-trigger",
        "echo 1 > /proc/irq/1/smp_affinity",
        "[ -e /x ] && echo 1 > /proc/sys/vm/x",
        "ip netns exec a sh -c x; echo 1 > /proc/sys/vm/x",
    ],
)
def test_other_writes_stay(script: str):
    check_silent(f'{{ system.activationScripts.a = "{script}"; }}')


def test_an_attribute_becomes_a_rule_before_there_was_an_option():
    check_rewrite(
        SYS,
        before='{\n  system.activationScripts.a = "echo never > /sys/kernel/mm/transparent_hugepage/enabled";\n}\n',
        after='{\n  systemd.tmpfiles.rules = [ "w /sys/kernel/mm/transparent_hugepage/enabled - - - - never" ];\n}\n',
        pin="nixos-22.11",
        preferred=False,
    )


def test_an_attribute_joins_others():
    check_rewrite(
        SYS,
        before="""\
{
  boot.kernel.sysfs.class.leds.a.brightness = 0;
  systemd.services.b.script = ''
    echo 0 | tee /sys/class/leds/b/brightness
    c
  '';
}
""",
        after="""\
{
  boot.kernel.sysfs.class.leds.a.brightness = 0;
  boot.kernel.sysfs.class.leds.b.brightness = 0;
  systemd.services.b.script = ''
    c
  '';
}
""",
        preferred=False,
    )


def test_a_modules_parameter_goes_to_the_kernels_command_line():
    check_rewrite(
        SYS,
        before='{\n  system.activationScripts.a = "echo Y > /sys/module/usbcore/parameters/x; b";\n}\n',
        after='{\n  system.activationScripts.a = "b";\n  boot.kernelParams = [ "usbcore.x=Y" ];\n}\n',
        preferred=False,
    )


@pytest.mark.parametrize(
    "script",
    [
        "echo 1 > /sys/bus/pci/rescan",
        "echo 0000:01:00.0 > /sys/bus/pci/drivers/nvidia/unbind",
        "echo vfio-pci > /sys/bus/pci/devices/0000:01:00.0/driver_override",
        "echo mem > /sys/power/state",
        "echo 1 > /sys/class/hwmon/hwmon*/pwm1",
        "echo on > /sys/bus/usb/devices/$d/power/control",
        "for f in /sys/class/x/*; do echo 1 > $f; done",
        "echo 1 > /sys/kernel/debug/x",
    ],
)
def test_attributes_that_act_stay(script: str):
    check_silent(f'{{ system.activationScripts.a = "{script}"; }}')


def test_a_parameter_that_waits_for_modules_stays():
    check_silent(
        '{ systemd.services.z = { after = [ "systemd-modules-load.service" ]; script = "echo lz4 > /sys/module/zswap/parameters/compressor"; }; }'
    )


def test_an_attribute_is_for_review():
    (found,) = findings('{ system.activationScripts.a = "echo 1 > /sys/class/a/b"; }')
    assert [fix.tier for fix in found.fixes] == [Tier.REVIEW]
