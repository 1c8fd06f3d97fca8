"""Cases of the rows about the kernel, disks and power."""

from __future__ import annotations

from .case import Cases, Edit, activation

KERNEL = (
    Cases(
        row="imp-sysctl",
        file="/configuration.nix",
        longer=Edit(
            """\
system.activationScripts.setup = ''
  # less swapping
  sysctl -q -w vm.swappiness=10
  sysctl -a | grep swappiness > /run/swappiness
'';
""",
            """\
system.activationScripts.setup = ''
  # less swapping
  sysctl -a | grep swappiness > /run/swappiness
'';
boot.kernel.sysctl."vm.swappiness" = 10;
""",
        ),
        beside=Edit(
            """\
boot.kernel.sysctl = {
  "net.ipv4.ip_forward" = 1;
};
system.activationScripts.setup = ''
  sysctl -w kernel.panic=10
'';
""",
            """\
boot.kernel.sysctl = {
  "net.ipv4.ip_forward" = 1;
  "kernel.panic" = 10;
};
""",
        ),
        left=(
            activation("sysctl -a"),
            activation("sysctl vm.swappiness"),
            activation('sysctl -w vm.swappiness="$N"'),
            activation("if [ -e /x ]; then sysctl -w vm.swappiness=1; fi"),
        ),
    ),
    Cases(
        row="imp-proc-sys",
        file="/configuration.nix",
        longer=Edit(
            """\
system.activationScripts.setup = ''
  mount -o remount,rw /proc/sys
  echo 1 > /proc/sys/net/ipv4/ip_forward
  cat /proc/sys/net/ipv4/ip_forward
'';
""",
            """\
system.activationScripts.setup = ''
  mount -o remount,rw /proc/sys
  cat /proc/sys/net/ipv4/ip_forward
'';
boot.kernel.sysctl."net.ipv4.ip_forward" = 1;
""",
        ),
        beside=Edit(
            """\
boot.kernel.sysctl."vm.swappiness" = 10;
system.activationScripts.setup = ''
  echo 0 | sudo tee /proc/sys/kernel/nmi_watchdog
'';
""",
            """\
boot.kernel.sysctl."vm.swappiness" = 10;
boot.kernel.sysctl."kernel.nmi_watchdog" = 0;
""",
        ),
        left=(
            activation("cat /proc/sys/vm/swappiness"),
            activation('echo "$N" > /proc/sys/vm/swappiness'),
            activation("echo 3 > /proc/sys/vm/drop_caches"),
            activation("for f in /proc/sys/net/ipv4/conf/*/rp_filter; do echo 1 > $f; done"),
        ),
    ),
    Cases(
        row="imp-sysfs-write",
        file="/configuration.nix",
        longer=Edit(
            """\
system.activationScripts.setup = ''
  udevadm settle
  echo 80 > /sys/class/power_supply/BAT0/charge_control_end_threshold
  cat /sys/class/power_supply/BAT0/status
'';
""",
            """\
system.activationScripts.setup = ''
  udevadm settle
  cat /sys/class/power_supply/BAT0/status
'';
boot.kernel.sysfs.class.power_supply.BAT0.charge_control_end_threshold = 80;
""",
        ),
        beside=Edit(
            """\
boot.kernel.sysfs.class.leds.a.brightness = 1;
system.activationScripts.setup = ''
  echo disabled > /sys/bus/usb/devices/1-2/power/wakeup
'';
""",
            """\
boot.kernel.sysfs.class.leds.a.brightness = 1;
boot.kernel.sysfs.bus.usb.devices."1-2".power.wakeup = "disabled";
""",
        ),
        left=(
            activation("cat /sys/class/power_supply/BAT0/status"),
            activation('echo "$N" > /sys/class/backlight/a/brightness'),
            activation("for f in /sys/bus/usb/devices/*/power/control; do echo on > $f; done"),
            activation("if [ -e /sys/a ]; then echo 1 > /sys/a; fi"),
        ),
    ),
    Cases(
        row="imp-modprobe",
        file="/configuration.nix",
        longer=Edit(
            """\
system.activationScripts.setup = ''
  depmod -a
  ${pkgs.kmod}/bin/modprobe -q snd-aloop || true
  lsmod > /run/modules
'';
""",
            """\
system.activationScripts.setup = ''
  depmod -a
  lsmod > /run/modules
'';
boot.kernelModules = [ "snd-aloop" ];
""",
        ),
        beside=Edit(
            """\
boot.kernelModules = [ "kvm-intel" ];
system.activationScripts.loop.text = "modprobe v4l2loopback exclusive_caps=1";
""",
            """\
boot.kernelModules = [ "kvm-intel" "v4l2loopback" ];
boot.extraModprobeConfig = "options v4l2loopback exclusive_caps=1";
""",
        ),
        left=(
            activation("modprobe -r nouveau && modprobe nouveau"),
            activation('modprobe "$MODULE"'),
            activation("modprobe -n kvm"),
            'powerManagement.resumeCommands = "modprobe iwlwifi";\n',
        ),
    ),
    Cases(
        row="imp-rmmod",
        file="/configuration.nix",
        longer=Edit(
            """\
system.activationScripts.setup = ''
  sync
  modprobe -r pcspkr
  echo quiet > /run/pcspkr
'';
""",
            """\
system.activationScripts.setup = ''
  sync
  echo quiet > /run/pcspkr
'';
boot.blacklistedKernelModules = [ "pcspkr" ];
""",
        ),
        beside=Edit(
            """\
boot.blacklistedKernelModules = [ "nouveau" ];
system.activationScripts.setup = ''
  rmmod -f pcspkr 2>/dev/null || true
'';
""",
            'boot.blacklistedKernelModules = [ "nouveau" "pcspkr" ];\n',
        ),
        left=(
            activation('rmmod "$M"'),
            activation("rmmod iwlwifi && modprobe iwlwifi"),
            'powerManagement.powerDownCommands = "rmmod iwlwifi";\n',
            activation("lsmod | grep -q nouveau && rmmod nouveau"),
        ),
    ),
    Cases(
        row="imp-modprobe-d",
        file="/configuration.nix",
        longer=Edit(
            """\
system.activationScripts.setup = ''
  modprobe kvm "$MORE"
  echo 'options kvm_amd nested=1' > /etc/modprobe.d/kvm.conf
  udevadm trigger
'';
""",
            """\
system.activationScripts.setup = ''
  modprobe kvm "$MORE"
  udevadm trigger
'';
boot.extraModprobeConfig = "options kvm_amd nested=1";
""",
        ),
        beside=Edit(
            """\
boot.extraModprobeConfig = ''
  options snd_hda_intel power_save=1
'';
environment.etc."modprobe.d/kvm.conf".text = "options kvm_amd nested=1";
""",
            """\
boot.extraModprobeConfig = ''
  options snd_hda_intel power_save=1
  options kvm_amd nested=1
'';
""",
        ),
        left=(
            activation("cat /etc/modprobe.d/kvm.conf"),
            activation('echo "options $M nested=1" > /etc/modprobe.d/kvm.conf'),
            'environment.etc."modprobe.conf".text = "options kvm nested=1";\n',
            activation("rm -f /etc/modprobe.d/kvm.conf"),
        ),
    ),
    Cases(
        row="imp-cpu-governor",
        file="/configuration.nix",
        longer=Edit(
            """\
systemd.services.governor = {
  wantedBy = [ "multi-user.target" ];
  script = ''
    cpupower frequency-set -g powersave
    cpupower frequency-info > /run/governor
  '';
};
""",
            """\
systemd.services.governor = {
  wantedBy = [ "multi-user.target" ];
  script = ''
    cpupower frequency-info > /run/governor
  '';
};
powerManagement.cpuFreqGovernor = "powersave";
""",
        ),
        beside=Edit(
            """\
powerManagement.enable = true;
system.activationScripts.governor.text = "cpupower frequency-set -g performance";
""",
            """\
powerManagement.enable = true;
powerManagement.cpuFreqGovernor = "performance";
""",
        ),
        left=(
            'services.tlp.enable = true; system.activationScripts.a = "cpupower frequency-set -g powersave";\n',
            activation("cpupower frequency-info"),
            activation("cpupower frequency-set -u 2GHz"),
            activation('cpupower frequency-set -g "$G"'),
        ),
    ),
    Cases(
        row="imp-powertop",
        file="/configuration.nix",
        longer=Edit(
            """\
systemd.services.tune = {
  wantedBy = [ "multi-user.target" ];
  script = ''
    ${pkgs.powertop}/bin/powertop --auto-tune
    echo on > /sys/bus/usb/devices/1-1/power/control-$(date +%s)
  '';
};
""",
            """\
systemd.services.tune = {
  wantedBy = [ "multi-user.target" ];
  script = ''
    echo on > /sys/bus/usb/devices/1-1/power/control-$(date +%s)
  '';
};
powerManagement.powertop.enable = true;
""",
        ),
        beside=Edit(
            """\
powerManagement.powertop.postStart = "true";
system.activationScripts.tune.text = "powertop --auto-tune || true";
""",
            """\
powerManagement.powertop.postStart = "true";
powerManagement.powertop.enable = true;
""",
        ),
        left=(
            activation("powertop --html"),
            activation("powertop --calibrate"),
            activation("if on_battery; then powertop --auto-tune; fi"),
            'environment.shellAliases.pt = "powertop --auto-tune";\n',
        ),
    ),
    Cases(
        row="imp-swapfile",
        file="/configuration.nix",
        longer=Edit(
            """\
system.activationScripts.setup = ''
  free -m
  dd if=/dev/zero of=/var/swap bs=1M count=2048
  chmod 600 /var/swap
  mkswap /var/swap
  swapon /var/swap
  swapon --show > /run/swap
'';
""",
            """\
system.activationScripts.setup = ''
  free -m
  swapon --show > /run/swap
'';
swapDevices = [
  {
    device = "/var/swap";
    size = 2048;
  }
];
""",
        ),
        beside=Edit(
            """\
swapDevices = [
  { device = "/dev/disk/by-label/swap"; }
];
system.activationScripts.setup = ''
  fallocate -l 4G /swapfile && chmod 600 /swapfile && mkswap /swapfile && swapon /swapfile
'';
""",
            """\
swapDevices = [
  { device = "/dev/disk/by-label/swap"; }
  { device = "/swapfile"; size = 4096; }
];
""",
        ),
        left=(
            activation("swapon -a"),
            activation("swapon --show"),
            activation('swapon "$DEV"'),
            activation(
                "truncate -s 0 /swapfile; chattr +C /swapfile; fallocate -l 4G /swapfile; chmod 600 /swapfile; mkswap /swapfile; swapon /swapfile"
            ),
        ),
    ),
    Cases(
        row="imp-mount",
        file="/configuration.nix",
        longer=Edit(
            """\
system.activationScripts.setup = ''
  modprobe nfs "$OPTIONS"
  mkdir -p /mnt/films
  mount -t nfs -o ro nas:/films /mnt/films
  ls /mnt/films > /run/films
'';
""",
            """\
system.activationScripts.setup = ''
  modprobe nfs "$OPTIONS"
  mkdir -p /mnt/films
  ls /mnt/films > /run/films
'';
fileSystems."/mnt/films" = {
  device = "nas:/films";
  fsType = "nfs";
  options = [ "ro" ];
};
""",
        ),
        beside=Edit(
            """\
fileSystems = {
  "/" = {
    device = "/dev/disk/by-label/root";
    fsType = "ext4";
  };
};
system.activationScripts.setup = ''
  mount --bind /srv/a /srv/b
'';
""",
            """\
fileSystems = {
  "/" = {
    device = "/dev/disk/by-label/root";
    fsType = "ext4";
  };
  "/srv/b" = {
    device = "/srv/a";
    fsType = "none";
    options = [ "bind" ];
  };
};
""",
        ),
        left=(
            activation("mount -o remount,rw /"),
            activation('mount -t nfs "$HOST:/data" /mnt/data'),
            activation("mount /dev/sdb1 /mnt && rsync -a / /mnt && umount /mnt"),
            activation("mountpoint -q /mnt || mount -t nfs nas:/data /mnt"),
        ),
    ),
    Cases(
        row="imp-luks-open",
        file="/configuration.nix",
        longer=Edit(
            """\
system.activationScripts.setup = ''
  udevadm settle
  cryptsetup open --type luks --key-file /root/data.key /dev/disk/by-uuid/1-2 data
  lsblk > /run/disks
'';
""",
            """\
system.activationScripts.setup = ''
  udevadm settle
  lsblk > /run/disks
'';
environment.etc.crypttab.text = "data /dev/disk/by-uuid/1-2 /root/data.key luks,nofail";
""",
        ),
        beside=Edit(
            """\
environment.etc."motd".text = "hi";
environment.etc.issue.text = "box";
system.activationScripts.setup = ''
  ${pkgs.cryptsetup}/bin/cryptsetup luksOpen /dev/sdb1 films --key-file /root/films.key
'';
""",
            """\
environment.etc."motd".text = "hi";
environment.etc.issue.text = "box";
environment.etc.crypttab.text = "films /dev/sdb1 /root/films.key luks,nofail";
""",
        ),
        left=(
            activation("cryptsetup luksFormat /dev/sdb1"),
            activation('cryptsetup luksOpen "$DEV" data --key-file /root/k'),
            activation("cryptsetup close data"),
            activation("cryptsetup status data"),
        ),
    ),
    Cases(
        row="imp-zpool-import",
        file="/configuration.nix",
        longer=Edit(
            """\
system.activationScripts.setup = ''
  udevadm settle
  zpool import tank
  zfs mount -a
'';
""",
            """\
system.activationScripts.setup = ''
  udevadm settle
  zfs mount -a
'';
boot.zfs.extraPools = [ "tank" ];
""",
        ),
        beside=Edit(
            """\
boot.zfs.extraPools = [ "data" ];
system.activationScripts.setup = ''
  zpool import tank || true
'';
""",
            'boot.zfs.extraPools = [ "data" "tank" ];\n',
        ),
        left=(
            activation('zpool import "$POOL"'),
            activation("zpool status"),
            activation("zpool import -f tank"),
            activation("zpool list tank || zpool import tank"),
            'boot.initrd.postDeviceCommands = "zpool import -N tank";\n',
        ),
    ),
    Cases(
        row="imp-zfs-maintenance",
        file="/configuration.nix",
        longer=Edit(
            """\
systemd.services.care = {
  startAt = "monthly";
  script = ''
    zpool status > /run/before
    zpool scrub tank
  '';
};
""",
            """\
systemd.services.care = {
  startAt = "monthly";
  script = ''
    zpool status > /run/before
  '';
};
services.zfs.autoScrub = {
  enable = true;
  interval = "monthly";
  pools = [ "tank" ];
};
""",
        ),
        beside=Edit(
            """\
services.zfs.autoScrub.pools = [ "data" ];
systemd.services.care = {
  startAt = "Sun 03:00";
  script = "zpool scrub tank";
};
""",
            """\
services.zfs.autoScrub.pools = [ "data" "tank" ];
services.zfs.autoScrub.enable = true;
services.zfs.autoScrub.interval = "Sun 03:00";
""",
        ),
        left=(
            'systemd.services.care.script = "zpool scrub tank";\n',
            'systemd.services.care = { startAt = "weekly"; script = "zpool status"; };\n',
            'systemd.services.care = { startAt = "weekly"; script = "zpool scrub \\"$POOL\\""; };\n',
            'systemd.services.care = { startAt = "weekly"; script = "zfs set compression=on tank"; };\n',
        ),
    ),
    Cases(
        row="imp-fstrim",
        file="/configuration.nix",
        longer=Edit(
            """\
systemd.services.trim = {
  startAt = "Mon 02:00";
  script = ''
    fstrim --all
    smartctl -H /dev/sda
  '';
};
""",
            """\
systemd.services.trim = {
  startAt = "Mon 02:00";
  script = ''
    smartctl -H /dev/sda
  '';
};
services.fstrim = {
  enable = true;
  interval = "Mon 02:00";
};
""",
        ),
        beside=Edit(
            """\
services.fstrim.interval = "daily";
systemd.services.trim = {
  startAt = "daily";
  script = "${pkgs.util-linux}/bin/fstrim -av || true";
};
""",
            """\
services.fstrim.interval = "daily";
services.fstrim.enable = true;
""",
        ),
        left=(
            'systemd.services.trim.script = "fstrim -av";\n',
            'systemd.services.trim = { startAt = "weekly"; script = "fstrim /mnt/usb"; };\n',
            'systemd.services.trim = { startAt = "weekly"; script = "fstrim -n -a"; };\n',
            'systemd.services.trim = { startAt = "weekly"; script = "mountpoint /x && fstrim -a"; };\n',
        ),
    ),
    Cases(
        row="imp-tmp-clean",
        file="/configuration.nix",
        longer=Edit(
            """\
boot.postBootCommands = ''
  echo "tidy"
  rm -rf /tmp/*
  mkdir -p /srv/spool/$(hostname)
'';
""",
            """\
boot.postBootCommands = ''
  echo "tidy"
  mkdir -p /srv/spool/$(hostname)
'';
boot.tmp.cleanOnBoot = true;
""",
        ),
        beside=Edit(
            """\
boot.tmp.useTmpfs = false;
system.activationScripts.setup = ''
  systemd-tmpfiles --clean
  rm -rf /tmp/*
'';
""",
            """\
boot.tmp.useTmpfs = false;
boot.tmp.cleanOnBoot = true;
system.activationScripts.setup = ''
  systemd-tmpfiles --clean
'';
""",
        ),
        left=(
            activation("rm -rf /tmp/build"),
            activation("rm -rf /var/tmp/*"),
            activation('rm -rf "$TMP"/*'),
            activation('rm -rf "$TMPDIR"'),
            activation("rm -f /tmp/lock"),
        ),
    ),
)
