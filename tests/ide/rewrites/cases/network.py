"""Cases of the rows about the network."""

from __future__ import annotations

from .case import Cases, Edit, activation

NETWORK = (
    Cases(
        row="imp-iptables-port",
        file="/configuration.nix",
        longer=Edit(
            """\
networking.firewall.extraCommands = ''
  # the web
  iptables -A nixos-fw -p tcp --dport 8443 -j nixos-fw-accept
  iptables -A INPUT -s 10.0.0.0/8 -p tcp --dport 5432 -j ACCEPT
'';
""",
            """\
networking.firewall.extraCommands = ''
  # the web
  iptables -A INPUT -s 10.0.0.0/8 -p tcp --dport 5432 -j ACCEPT
'';
networking.firewall.allowedTCPPorts = [ 8443 ];
""",
        ),
        beside=Edit(
            """\
networking.firewall = {
  enable = true;
  allowedTCPPorts = [ 22 ];
  extraCommands = "iptables -I INPUT -p tcp --dport 443 -j ACCEPT";
};
""",
            """\
networking.firewall = {
  enable = true;
  allowedTCPPorts = [ 22 443 ];
};
""",
        ),
        left=(
            'networking.firewall.extraCommands = "iptables -A INPUT -s 10.0.0.1 -p tcp --dport 80 -j ACCEPT";\n',
            'networking.firewall.extraCommands = "iptables -A INPUT -p tcp --dport 80 -j DROP";\n',
            'networking.firewall.extraCommands = "iptables -A FORWARD -p tcp --dport 80 -j ACCEPT";\n',
            'networking.firewall.extraCommands = "for p in 80 443; do iptables -A INPUT -p tcp --dport $p -j ACCEPT; done";\n',
        ),
    ),
    Cases(
        row="imp-iptables-trusted",
        file="/configuration.nix",
        longer=Edit(
            """\
networking.firewall.extraCommands = ''
  iptables -A INPUT -i wg0 -j ACCEPT
  iptables -A INPUT -s 192.168.7.0/24 -j ACCEPT
'';
""",
            """\
networking.firewall.extraCommands = ''
  iptables -A INPUT -s 192.168.7.0/24 -j ACCEPT
'';
networking.firewall.trustedInterfaces = [ "wg0" ];
""",
        ),
        beside=Edit(
            """\
networking.firewall.trustedInterfaces = [ "br0" ];
networking.firewall.extraCommands = "iptables -A INPUT -i wg0 -j ACCEPT";
""",
            'networking.firewall.trustedInterfaces = [ "br0" "wg0" ];\n',
        ),
        left=(
            'networking.firewall.extraCommands = "iptables -A INPUT -i wg0 -s 10.0.0.1 -j ACCEPT";\n',
            'networking.firewall.extraCommands = "iptables -A INPUT -i wg0 -j DROP";\n',
            'networking.firewall.extraCommands = "iptables -D INPUT -i wg0 -j ACCEPT";\n',
            'networking.firewall.extraCommands = "iptables -A FORWARD -i wg0 -j ACCEPT";\n',
        ),
    ),
    Cases(
        row="imp-iptables-masquerade",
        file="/configuration.nix",
        longer=Edit(
            """\
networking.localCommands = ''
  ip route show
  iptables -t nat -A POSTROUTING -s 10.7.0.0/24 -o wan0 -j MASQUERADE
'';
""",
            """\
networking.localCommands = ''
  ip route show
'';
networking.nat = {
  enable = true;
  externalInterface = "wan0";
  internalIPs = [ "10.7.0.0/24" ];
};
""",
        ),
        beside=Edit(
            """\
networking.nat = {
  enable = true;
  externalInterface = "wan0";
  internalIPs = [ "10.1.0.0/24" ];
};
networking.firewall.extraCommands = "iptables -t nat -A POSTROUTING -s 10.2.0.0/24 -o wan0 -j MASQUERADE";
""",
            """\
networking.nat = {
  enable = true;
  externalInterface = "wan0";
  internalIPs = [ "10.1.0.0/24" "10.2.0.0/24" ];
};
""",
        ),
        left=(
            'networking.firewall.extraCommands = "iptables -t nat -A POSTROUTING -d 10.0.0.1 -o eth0 -j MASQUERADE";\n',
            'networking.firewall.extraCommands = "iptables -t nat -D POSTROUTING -o eth0 -j MASQUERADE";\n',
            'networking.firewall.extraCommands = "iptables -t nat -A POSTROUTING -o $WAN -j MASQUERADE";\n',
            'networking.firewall.extraCommands = "iptables -t nat -A POSTROUTING -o eth0 -j SNAT --to 1.2.3.4";\n',
        ),
    ),
    Cases(
        row="imp-iptables-dnat",
        file="/configuration.nix",
        longer=Edit(
            """\
networking.firewall.extraCommands = ''
  iptables -t nat -A PREROUTING -i wan0 -p udp --dport 51820 -j DNAT --to-destination 10.0.0.9:51820
  iptables -A FORWARD -d 10.0.0.9 -j ACCEPT
'';
""",
            """\
networking.firewall.extraCommands = ''
  iptables -A FORWARD -d 10.0.0.9 -j ACCEPT
'';
networking.nat = {
  enable = true;
  externalInterface = "wan0";
  forwardPorts = [
    {
      sourcePort = 51820;
      proto = "udp";
      destination = "10.0.0.9:51820";
    }
  ];
};
""",
        ),
        beside=Edit(
            """\
networking.nat.enable = true;
networking.nat.externalInterface = "wan0";
networking.nat.forwardPorts = [
  {
    sourcePort = 80;
    destination = "10.0.0.2:80";
  }
];
networking.firewall.extraCommands = "iptables -t nat -A PREROUTING -i wan0 -p tcp --dport 443 -j DNAT --to-destination 10.0.0.2:443";
""",
            """\
networking.nat.enable = true;
networking.nat.externalInterface = "wan0";
networking.nat.forwardPorts = [
  {
    sourcePort = 80;
    destination = "10.0.0.2:80";
  }
  { sourcePort = 443; proto = "tcp"; destination = "10.0.0.2:443"; }
];
""",
        ),
        left=(
            'networking.firewall.extraCommands = "iptables -t nat -A PREROUTING -s 10.0.0.1 -p tcp --dport 80 -j DNAT --to-destination 10.0.0.2:80";\n',
            'networking.firewall.extraCommands = "iptables -t nat -A PREROUTING -i $WAN -p tcp --dport 80 -j DNAT --to-destination 10.0.0.2:80";\n',
            'networking.firewall.extraCommands = "iptables -t nat -D PREROUTING -i wan0 -p tcp --dport 80 -j DNAT --to-destination 10.0.0.2:80";\n',
            'networking.firewall.extraCommands = "iptables -t nat -A OUTPUT -p tcp --dport 80 -j DNAT --to-destination 10.0.0.2:80";\n',
        ),
    ),
    Cases(
        row="imp-nft-load",
        file="/configuration.nix",
        longer=Edit(
            """\
networking.localCommands = ''
  ip rule show
  nft -f ${./rules.nft}
'';
""",
            """\
networking.localCommands = ''
  ip rule show
'';
networking.nftables = {
  enable = true;
  rulesetFile = ./rules.nft;
};
""",
        ),
        beside=Edit(
            """\
networking.firewall.enable = false;
networking.nftables.checkRuleset = false;
networking.localCommands = "${pkgs.nftables}/bin/nft -f ${./rules.nft}";
""",
            """\
networking.firewall.enable = false;
networking.nftables.checkRuleset = false;
networking.nftables.enable = true;
networking.nftables.rulesetFile = ./rules.nft;
""",
        ),
        left=(
            'networking.localCommands = "nft list ruleset";\n',
            'networking.localCommands = "nft -f \\"$RULES\\"";\n',
            'networking.localCommands = "nft -c -f ${./rules.nft}";\n',
            'networking.localCommands = "nft add rule inet filter input accept";\n',
        ),
    ),
    Cases(
        row="imp-ufw",
        file="/configuration.nix",
        longer=Edit(
            """\
system.activationScripts.setup = ''
  ufw --force reset
  ufw allow 443/tcp
  ufw status verbose
'';
""",
            """\
system.activationScripts.setup = ''
  ufw --force reset
  ufw status verbose
'';
networking.firewall.allowedTCPPorts = [ 443 ];
""",
        ),
        beside=Edit(
            """\
networking.firewall.allowedTCPPorts = [
  22
];
system.activationScripts.setup = ''
  sudo ufw allow 80
'';
""",
            """\
networking.firewall.allowedTCPPorts = [
  22
  80
];
networking.firewall.allowedUDPPorts = [ 80 ];
""",
        ),
        left=(
            activation("ufw allow from 10.0.0.1 to any port 22"),
            activation("ufw deny 22"),
            activation("ufw status"),
            activation('ufw allow "$PORT"'),
        ),
    ),
    Cases(
        row="imp-ip-route",
        file="/configuration.nix",
        longer=Edit(
            """\
networking.localCommands = ''
  # behind the second router
  ip route add 10.3.0.0/16 via 10.0.0.3 dev lan0
  ip rule add from 10.9.0.0/16 table 9
'';
""",
            """\
networking.localCommands = ''
  # behind the second router
  ip rule add from 10.9.0.0/16 table 9
'';
networking.interfaces.lan0.ipv4.routes = [
  {
    address = "10.3.0.0";
    prefixLength = 16;
    via = "10.0.0.3";
  }
];
""",
        ),
        beside=Edit(
            """\
networking.interfaces.lan0 = {
  useDHCP = false;
  ipv4.routes = [
    {
      address = "10.1.0.0";
      prefixLength = 16;
      via = "10.0.0.1";
    }
  ];
};
networking.localCommands = "ip route add 10.2.0.0/16 via 10.0.0.2 dev lan0";
""",
            """\
networking.interfaces.lan0 = {
  useDHCP = false;
  ipv4.routes = [
    {
      address = "10.1.0.0";
      prefixLength = 16;
      via = "10.0.0.1";
    }
    { address = "10.2.0.0"; prefixLength = 16; via = "10.0.0.2"; }
  ];
};
""",
        ),
        left=(
            'networking.localCommands = "ip route add 10.1.0.0/16 via $GW dev eth0";\n',
            'networking.localCommands = "ip route del 10.1.0.0/16";\n',
            'networking.networkmanager.enable = true; networking.localCommands = "ip route show dev eth0";\n',
            'networking.localCommands = "ip route add 10.1.0.0/16 via 10.0.0.1 dev eth0 table 7";\n',
        ),
    ),
    Cases(
        row="imp-ip-addr",
        file="/configuration.nix",
        longer=Edit(
            """\
networking.localCommands = ''
  ip link set lan0 up
  ip addr add 10.4.0.2/24 dev lan0
  arping -c 1 10.4.0.1 >/var/log/arp
'';
""",
            """\
networking.localCommands = ''
  ip link set lan0 up
  arping -c 1 10.4.0.1 >/var/log/arp
'';
networking.interfaces.lan0.ipv4.addresses = [
  {
    address = "10.4.0.2";
    prefixLength = 24;
  }
];
""",
        ),
        beside=Edit(
            """\
networking.interfaces.lan0.ipv4.addresses = [
  {
    address = "10.0.0.2";
    prefixLength = 24;
  }
];
networking.localCommands = "ip address add 10.0.1.2/24 dev lan0";
""",
            """\
networking.interfaces.lan0.ipv4.addresses = [
  {
    address = "10.0.0.2";
    prefixLength = 24;
  }
  { address = "10.0.1.2"; prefixLength = 24; }
];
""",
        ),
        left=(
            'networking.localCommands = "ip addr add $IP dev lan0";\n',
            'networking.localCommands = "ip addr show lan0";\n',
            'networking.localCommands = "ip addr del 10.0.0.1/24 dev lan0";\n',
            'networking.localCommands = "ip netns add x\\nip addr add 10.0.0.1/24 dev lan0";\n',
        ),
    ),
    Cases(
        row="imp-ip-link",
        file="/configuration.nix",
        longer=Edit(
            """\
networking.localCommands = ''
  ip link add link lan0 name lan0.7 type vlan id 7
  sysctl net.ipv4.conf.all.forwarding
'';
""",
            """\
networking.localCommands = ''
  sysctl net.ipv4.conf.all.forwarding
'';
networking.vlans."lan0.7" = {
  id = 7;
  interface = "lan0";
};
""",
        ),
        beside=Edit(
            """\
networking.bridges.br0.interfaces = [ "lan1" ];
networking.localCommands = "ip link set lan0 address 02:00:00:00:00:01";
""",
            """\
networking.bridges.br0.interfaces = [ "lan1" ];
networking.interfaces.lan0.macAddress = "02:00:00:00:00:01";
""",
        ),
        left=(
            'networking.localCommands = "ip link show";\n',
            'networking.localCommands = "ip link set lan0 mtu $MTU";\n',
            'networking.localCommands = "ip link del br0";\n',
            'networking.localCommands = "ip link add v0 type veth peer name v1";\n',
        ),
    ),
    Cases(
        row="imp-resolv-conf",
        file="/configuration.nix",
        longer=Edit(
            """\
system.activationScripts.setup = ''
  chattr -i /etc/resolv.conf
  echo "nameserver 9.9.9.9" > /etc/resolv.conf
  getent hosts example.org
'';
""",
            """\
system.activationScripts.setup = ''
  chattr -i /etc/resolv.conf
  getent hosts example.org
'';
networking.nameservers = [ "9.9.9.9" ];
""",
        ),
        beside=Edit(
            """\
networking.nameservers = [ "1.1.1.1" ];
networking.localCommands = "echo nameserver 9.9.9.9 >> /etc/resolv.conf";
""",
            'networking.nameservers = [ "1.1.1.1" "9.9.9.9" ];\n',
        ),
        left=(
            'services.resolved.enable = true; networking.localCommands = "echo nameserver 9.9.9.9 > /etc/resolv.conf";\n',
            'networking.resolvconf.enable = false; system.activationScripts.a = "echo nameserver 9.9.9.9 > /etc/resolv.conf";\n',
            activation('echo "nameserver $DNS" > /etc/resolv.conf'),
            activation("cat /etc/resolv.conf"),
            activation("echo 'options edns0' > /etc/resolv.conf"),
        ),
    ),
    Cases(
        row="imp-etc-hosts",
        file="/configuration.nix",
        longer=Edit(
            """\
system.activationScripts.setup = ''
  # the printer has no name
  echo "10.0.0.7 printer printer.lan" | sudo tee -a /etc/hosts
  ping -c 1 printer || logger "no printer"
'';
""",
            """\
system.activationScripts.setup = ''
  # the printer has no name
  ping -c 1 printer || logger "no printer"
'';
networking.hosts."10.0.0.7" = [
  "printer"
  "printer.lan"
];
""",
        ),
        beside=Edit(
            """\
networking.hosts = {
  "10.0.0.5" = [ "nas" ];
};
system.activationScripts.setup = ''
  echo '10.0.0.7 printer' >> /etc/hosts
'';
""",
            """\
networking.hosts = {
  "10.0.0.5" = [ "nas" ];
  "10.0.0.7" = [ "printer" ];
};
""",
        ),
        left=(
            activation("cat /etc/hosts"),
            activation('echo "$IP printer" >> /etc/hosts'),
            activation("sed -i '/printer/d' /etc/hosts"),
            activation("grep -q printer /etc/hosts || echo '10.0.0.7 printer' >> /etc/hosts"),
        ),
    ),
    Cases(
        row="imp-hostname",
        file="/configuration.nix",
        longer=Edit(
            """\
system.activationScripts.setup = ''
  hostnamectl --static set-hostname box
  avahi-set-host-name box
'';
""",
            """\
system.activationScripts.setup = ''
  avahi-set-host-name box
'';
networking.hostName = "box";
""",
        ),
        beside=Edit(
            """\
networking = {
  useDHCP = false;
};
system.activationScripts.setup = ''
  hostnamectl hostname box.example.org
'';
""",
            """\
networking = {
  useDHCP = false;
  hostName = "box";
  domain = "example.org";
};
""",
        ),
        left=(
            activation("hostnamectl"),
            activation("hostname -f"),
            activation('hostnamectl set-hostname "$(cat /etc/name)"'),
            activation("hostnamectl set-chassis laptop"),
        ),
    ),
    Cases(
        row="imp-timezone",
        file="/configuration.nix",
        longer=Edit(
            """\
system.activationScripts.setup = ''
  timedatectl set-ntp true
  ln -sf /etc/zoneinfo/Europe/Paris /etc/localtime
  timedatectl set-timezone Europe/Paris
'';
""",
            """\
system.activationScripts.setup = ''
  timedatectl set-ntp true
  ln -sf /etc/zoneinfo/Europe/Paris /etc/localtime
'';
time.timeZone = "Europe/Paris";
""",
        ),
        beside=Edit(
            """\
time.hardwareClockInLocalTime = true;
system.activationScripts.setup = ''
  ${pkgs.systemd}/bin/timedatectl set-timezone Asia/Tokyo
'';
""",
            """\
time.hardwareClockInLocalTime = true;
time.timeZone = "Asia/Tokyo";
""",
        ),
        left=(
            activation('timedatectl set-timezone "$ZONE"'),
            activation("timedatectl list-timezones"),
            activation('timedatectl set-timezone "$(curl -s https://ipapi.co/timezone)"'),
            'services.automatic-timezoned.enable = true; system.activationScripts.a = "timedatectl set-timezone UTC";\n',
        ),
    ),
    Cases(
        row="imp-ntp",
        file="/configuration.nix",
        longer=Edit(
            """\
systemd.services.clock = {
  wantedBy = [ "multi-user.target" ];
  script = ''
    ntpdate -u time.example.org
    hwclock --systohc
  '';
};
""",
            """\
systemd.services.clock = {
  wantedBy = [ "multi-user.target" ];
  script = ''
    hwclock --systohc
  '';
};
services.timesyncd.enable = true;
networking.timeServers = [ "time.example.org" ];
""",
        ),
        beside=Edit(
            """\
services.timesyncd.servers = [ "a.example.org" ];
system.activationScripts.setup = ''
  timedatectl set-ntp true
'';
""",
            """\
services.timesyncd.servers = [ "a.example.org" ];
services.timesyncd.enable = true;
""",
        ),
        left=(
            'services.chrony.enable = true; system.activationScripts.a = "ntpdate -u pool.ntp.org";\n',
            activation("ntpdate -q pool.ntp.org"),
            activation("timedatectl set-ntp false"),
            activation('ntpdate "$SERVER"'),
        ),
    ),
    Cases(
        row="imp-locale-keymap",
        file="/configuration.nix",
        longer=Edit(
            """\
system.activationScripts.setup = ''
  localectl set-keymap de-latin1
  localectl status > /var/log/locale
'';
""",
            """\
system.activationScripts.setup = ''
  localectl status > /var/log/locale
'';
console.keyMap = "de-latin1";
""",
        ),
        beside=Edit(
            """\
i18n.supportedLocales = [ "all" ];
console.font = "Lat2-Terminus16";
system.activationScripts.setup = ''
  localectl set-locale LANG=fr_FR.UTF-8 LC_TIME=en_DK.UTF-8
'';
""",
            """\
i18n.supportedLocales = [ "all" ];
i18n.defaultLocale = "fr_FR.UTF-8";
i18n.extraLocaleSettings.LC_TIME = "en_DK.UTF-8";
console.font = "Lat2-Terminus16";
""",
        ),
        left=(
            activation("localectl list-keymaps"),
            activation('localectl set-keymap "$KEYS"'),
            activation('localectl set-locale "LANG=$L"'),
            activation("localectl status"),
        ),
    ),
    Cases(
        row="imp-wg-quick",
        file="/configuration.nix",
        longer=Edit(
            """\
systemd.services.vpn.script = ''
  echo "to the office"
  wg-quick up office
  wg show
'';
""",
            """\
systemd.services.vpn.script = ''
  echo "to the office"
  wg show
'';
networking.wg-quick.interfaces.office.configFile = "/etc/wireguard/office.conf";
""",
        ),
        beside=Edit(
            """\
networking.wg-quick.interfaces.home.configFile = "/etc/wireguard/home.conf";
systemd.services.office.script = "wg-quick up /etc/wireguard/office.conf";
""",
            """\
networking.wg-quick.interfaces.home.configFile = "/etc/wireguard/home.conf";
networking.wg-quick.interfaces.office.configFile = "/etc/wireguard/office.conf";
""",
        ),
        left=(
            'systemd.services.vpn.script = "wg-quick up \\"$IF\\"";\n',
            'systemd.services.vpn.script = "wg-quick down wg0";\n',
            'systemd.services.vpn.script = "wg-quick strip wg0";\n',
            'environment.shellAliases.vpn = "wg-quick up wg0";\n',
        ),
    ),
    Cases(
        row="imp-tailscale-up",
        file="/configuration.nix",
        longer=Edit(
            """\
systemd.services.mesh.script = ''
  sleep 2
  tailscale up --auth-key file:/run/secrets/ts --ssh
  tailscale status > /run/mesh
'';
""",
            """\
systemd.services.mesh.script = ''
  sleep 2
  tailscale status > /run/mesh
'';
services.tailscale = {
  enable = true;
  authKeyFile = "/run/secrets/ts";
  extraUpFlags = [ "--ssh" ];
};
""",
        ),
        beside=Edit(
            """\
services.tailscale = {
  enable = true;
  openFirewall = true;
};
systemd.services.mesh.script = "tailscale up --authkey file:/run/secrets/ts --advertise-exit-node";
""",
            """\
services.tailscale = {
  enable = true;
  openFirewall = true;
  authKeyFile = "/run/secrets/ts";
  extraUpFlags = [ "--advertise-exit-node" ];
  useRoutingFeatures = "server";
};
""",
        ),
        left=(
            'systemd.services.mesh.script = "tailscale status";\n',
            'systemd.services.mesh.script = "tailscale up --authkey $KEY";\n',
            'systemd.services.mesh.script = "tailscale down";\n',
            'systemd.services.mesh.script = "tailscale status || tailscale up";\n',
        ),
    ),
    Cases(
        row="imp-nmcli-add",
        file="/configuration.nix",
        longer=Edit(
            """\
systemd.services.wifi.script = ''
  nmcli radio wifi on
  nmcli connection add type wifi con-name cafe ssid Cafe wifi-sec.key-mgmt wpa-psk wifi-sec.psk correct-horse
'';
""",
            """\
systemd.services.wifi.script = ''
  nmcli radio wifi on
'';
networking.networkmanager.ensureProfiles = {
  environmentFiles = [ "/run/secrets/network-manager.env" ];
  profiles.cafe = {
    connection = {
      type = "wifi";
      id = "cafe";
    };
    wifi.ssid = "Cafe";
    wifi-security = {
      key-mgmt = "wpa-psk";
      psk = "$PSK_CAFE";
    };
  };
};
""",
        ),
        beside=Edit(
            """\
networking.networkmanager = {
  enable = true;
};
system.activationScripts.setup = ''
  nmcli con add type ethernet con-name desk ifname lan0
'';
""",
            """\
networking.networkmanager = {
  enable = true;
  ensureProfiles.profiles.desk.connection = {
    type = "ethernet";
    id = "desk";
    interface-name = "lan0";
  };
};
""",
        ),
        left=(
            activation("nmcli device status"),
            activation("nmcli connection up home"),
            activation('nmcli connection add type wifi con-name "$N" ssid "$N"'),
            activation("nmcli connection delete home"),
        ),
    ),
    Cases(
        row="imp-wpa-psk-literal",
        file="/configuration.nix",
        longer=Edit(
            """\
networking.wireless = {
  enable = true;
  networks = {
    "My Cafe" = {
      priority = 3;
      psk = "correct-horse";
    };
  };
};
""",
            """\
networking.wireless = {
  enable = true;
  networks = {
    "My Cafe" = {
      priority = 3;
      pskRaw = "ext:psk_my_cafe";
    };
  };
  secretsFile = "/run/secrets/wireless.conf";
};
""",
        ),
        beside=Edit(
            """\
networking.wireless.secretsFile = "/run/secrets/wifi";
networking.wireless.networks.cafe.psk = "correct-horse";
""",
            """\
networking.wireless.secretsFile = "/run/secrets/wifi";
networking.wireless.networks.cafe.pskRaw = "ext:psk_cafe";
""",
        ),
        left=(
            'networking.wireless.networks.cafe.pskRaw = "ext:psk_cafe";\n',
            "networking.wireless.networks.cafe.psk = config.psk;\n",
            'networking.wireless.networks.cafe.psk = "@PSK_CAFE@";\n',
            'networking.wireless.networks.cafe.auth = "psk=x";\n',
        ),
    ),
)
