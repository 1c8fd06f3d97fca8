"""`imp-cpu-governor`, `imp-powertop`."""

from __future__ import annotations

import pytest

from nix_lsp.ide.model import Tier

from .bench import check_no_edit, check_rewrite, check_silent, findings

GOVERNOR, TUNE = "imp-cpu-governor", "imp-powertop"


@pytest.mark.parametrize(
    "command",
    [
        "cpupower frequency-set -g performance",
        "cpupower -c all frequency-set --governor=performance",
        "cpupower frequency-set -rg performance",
    ],
)
def test_the_governor_is_declared(command: str):
    check_rewrite(
        GOVERNOR,
        before=f"{{\n  system.activationScripts.g = ''\n    a\n    {command} >/dev/null\n  '';\n}}\n",
        after="{\n  system.activationScripts.g = ''\n    a\n  '';\n  powerManagement.cpuFreqGovernor = \"performance\";\n}\n",
    )


def test_a_service_that_is_not_wanted_at_boot_is_for_review():
    (found,) = findings('{ systemd.services.g.script = "cpupower frequency-set -g performance"; }')
    assert found.fixes[0].tier is Tier.REVIEW


def test_another_governor_is_a_conflict():
    check_no_edit(
        '{ powerManagement.cpuFreqGovernor = "ondemand"; system.activationScripts.g = "cpupower frequency-set -g powersave"; }',
        "another value",
    )


@pytest.mark.parametrize(
    "text",
    [
        '{ system.activationScripts.g = "cpupower frequency-set -g $g"; }',
        '{ system.activationScripts.g = "cpupower frequency-set -u 3GHz"; }',
        '{ system.activationScripts.g = "cpupower -c 0 frequency-set -g powersave"; }',
        '{ system.activationScripts.g = "cpupower frequency-info -g"; }',
        '{ system.activationScripts.g = "if on_ac; then cpupower frequency-set -g performance; fi"; }',
        '{ services.tlp.enable = true; system.activationScripts.g = "cpupower frequency-set -g powersave"; }',
    ],
)
def test_other_governors_stay(text: str):
    check_silent(text)


def test_tuning_is_an_option():
    check_rewrite(
        TUNE,
        before="{\n  system.activationScripts.p = ''\n    a\n    ${pkgs.powertop}/bin/powertop --auto-tune || true\n  '';\n}\n",
        after="{\n  system.activationScripts.p = ''\n    a\n  '';\n  powerManagement.powertop.enable = true;\n}\n",
    )


def test_tuning_that_is_on_already_only_goes_from_the_script():
    check_rewrite(
        TUNE,
        before='{\n  powerManagement.powertop.enable = true;\n  system.activationScripts.p = "powertop -q --auto-tune";\n}\n',
        after="{\n  powerManagement.powertop.enable = true;\n}\n",
    )


@pytest.mark.parametrize(
    "command", ["powertop", "powertop --html=x", "powertop --calibrate", "on_ac || powertop --auto-tune"]
)
def test_other_uses_of_powertop_stay(command: str):
    check_silent(f'{{ system.activationScripts.p = "{command}"; }}')
