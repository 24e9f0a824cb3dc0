/** An address of RFC 5737 that no host has; what an offline container asks for names it cannot know. */
export const DEAD_END_RESOLVER = '192.0.2.53';

/**
 * Perl that makes the way out of a network namespace a dead end: an interface of its own takes what would leave, and
 * every packet is refused as the security groups of a cell refuse it, with an ICMP "port unreachable"; a question for a
 * name is answered with "no such name". The network has no way out in any case: without this one has to wait until a
 * try is given up. Prints `ready`, or why it cannot be done. Source of the refusal: cf silk-cni and netplugin rules.
 */
export const DEAD_END_SCRIPT = String.raw`
use strict; use warnings;
use Socket;
use POSIX ();
$SIG{TERM} = $SIG{INT} = sub { exit 0 };
$| = 1;
my $DEVICE = 'deadend0';
my $RESOLVER = inet_aton('${DEAD_END_RESOLVER}');

sub checksum {
  my ($data) = @_;
  my $sum = unpack('%32n*', length($data) % 2 ? "$data\0" : $data);
  $sum = ($sum & 0xffff) + ($sum >> 16) while $sum >> 16;
  return ~$sum & 0xffff;
}

sub packet {
  my ($protocol, $from, $to, $payload) = @_;
  my $head = pack('C C n n n C C n a4 a4', 0x45, 0, 20 + length $payload, 0, 0, 64, $protocol, 0, $from, $to);
  substr($head, 10, 2) = pack('n', checksum($head));
  return $head . $payload;
}

sub refusal {
  my ($packet, $headed, $from, $to) = @_;
  my $icmp = pack('C C n N', 3, 3, 0, 0) . substr($packet, 0, $headed + 8);
  substr($icmp, 2, 2) = pack('n', checksum($icmp));
  return packet(1, $to, $from, $icmp);
}

sub no_such_name {
  my ($query, $from, $to, $port) = @_;
  my $end = 12;
  while ($end < length $query and my $label = ord substr($query, $end, 1)) { $end += $label + 1 }
  return if length $query < $end + 5;
  my $flags = 0x8083 | (unpack('n', substr($query, 2, 2)) & 0x7900);
  my $answer = substr($query, 0, 2) . pack('n5', $flags, 1, 0, 0, 0) . substr($query, 12, $end - 7);
  return packet(17, $to, $from, pack('n4', 53, $port, 8 + length $answer, 0) . $answer);
}

# As route(8) does it, by netlink: a default route that takes the place of any other.
sub default_route {
  my ($index) = @_;
  my $route = pack('C8 L', 2, 0, 0, 0, 254, 3, 253, 1, 0) . pack('S S L', 8, 4, $index);
  my $message = pack('L S S L L', 16 + length $route, 24, 0x505, 1, 0) . $route;
  socket(my $netlink, 16, 3, 0) or die "netlink: $!\n";
  send($netlink, $message, 0, pack('S S L L', 16, 0, 0, 0)) or die "netlink: $!\n";
  recv($netlink, my $reply, 4096, 0);
  my $error = unpack('l', substr($reply, 16, 4));
  die 'route: ' . POSIX::strerror(-$error) . "\n" if $error;
}

sub open_device {
  mkdir '/dev/net';
  system('mknod', '/dev/net/tun', 'c', '10', '200') unless -e '/dev/net/tun';
  open(my $tun, '+<', '/dev/net/tun') or die "/dev/net/tun: $!\n";
  my $request = pack('a16 S x22', $DEVICE, 0x1001);
  ioctl($tun, 0x400454ca, $request) or die "TUNSETIFF: $!\n";
  socket(my $control, AF_INET, SOCK_DGRAM, 0) or die "socket: $!\n";
  $request = pack('a16 S x22', $DEVICE, 0x41);
  ioctl($control, 0x8914, $request) or die "SIOCSIFFLAGS: $!\n";
  $request = pack('a16 x24', $DEVICE);
  ioctl($control, 0x8933, $request) or die "SIOCGIFINDEX: $!\n";
  default_route(unpack('x16 L', $request));
  return $tun;
}

my $tun = eval { open_device() };
print $tun ? "ready\n" : "no dead end: $@";
POSIX::pause() while !$tun;
while (sysread($tun, my $packet, 65535)) {
  next unless length $packet >= 28 and ord($packet) >> 4 == 4;
  my $headed = 4 * (ord($packet) & 15);
  my ($protocol, $from, $to) = unpack('x9 C x2 a4 a4', $packet);
  my $reply;
  if ($protocol == 17 and $to eq $RESOLVER and unpack('n', substr($packet, $headed + 2, 2)) == 53) {
    $reply = no_such_name(substr($packet, $headed + 8), $from, $to, unpack('n', substr($packet, $headed, 2)));
  } elsif ($protocol != 1 or ord(substr($packet, $headed, 1)) == 8) {
    $reply = refusal($packet, $headed, $from, $to);
  }
  syswrite($tun, $reply) if defined $reply;
}
`;
