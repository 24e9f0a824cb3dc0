/**
 * Perl that takes connections on a port and passes each on to a container, in a network that the engine publishes no
 * ports of. Arguments: port, name of the container, port there. Prints `ready` once it listens. What one side has
 * ended the other is told, and what one side takes slowly the other has to wait for. A connection that the container
 * refuses is reset. One process with `select`: the stacks have perl, but no socat and no event library.
 */
export const FORWARDER_SCRIPT = String.raw`
use strict; use warnings;
use Socket qw(:DEFAULT IPPROTO_TCP TCP_NODELAY SOMAXCONN);
use Fcntl qw(F_GETFL F_SETFL O_NONBLOCK);
use Errno qw(EAGAIN EINTR EINPROGRESS);
my ($port, $host, $there) = @ARGV;
my $CHUNK = 65536;
$SIG{PIPE} = 'IGNORE';
$SIG{TERM} = $SIG{INT} = sub { exit 0 };
$| = 1;

socket(my $listener, PF_INET, SOCK_STREAM, IPPROTO_TCP) or die "socket: $!";
setsockopt($listener, SOL_SOCKET, SO_REUSEADDR, 1);
bind($listener, sockaddr_in($port, INADDR_ANY)) or die "bind: $!";
listen($listener, SOMAXCONN) or die "listen: $!";
unblock($listener);
print "ready\n";

# By file number: the socket, its peer's number, what is to be written to it, and how far each direction is.
my (%socket, %peer, %out, %connecting, %ended, %closing);
my $address;

sub unblock { my ($s) = @_; fcntl($s, F_SETFL, fcntl($s, F_GETFL, 0) | O_NONBLOCK) }

sub adopt {
  my ($s) = @_;
  unblock($s);
  setsockopt($s, IPPROTO_TCP, TCP_NODELAY, 1);
  setsockopt($s, SOL_SOCKET, SO_KEEPALIVE, 1);
  my $n = fileno $s;
  ($socket{$n}, $out{$n}) = ($s, '');
  return $n;
}

sub drop {
  my ($n) = @_;
  my @both = ($n, $peer{$n});
  for my $one (@both) {
    next unless exists $socket{$one};
    close $socket{$one};
    delete $_->{$one} for \(%socket, %peer, %out, %connecting, %ended, %closing);
  }
}

# An abrupt end is passed on as one.
sub reset_both {
  my ($n) = @_;
  my @both = ($n, $peer{$n});
  setsockopt($socket{$_}, SOL_SOCKET, SO_LINGER, pack('ii', 1, 0)) for grep { exists $socket{$_} } @both;
  drop($n);
}

sub take {
  while (accept(my $client, $listener)) {
    $address = inet_aton($host) unless defined $address;
    my $here = adopt($client);
    socket(my $target, PF_INET, SOCK_STREAM, IPPROTO_TCP) or do { close delete $socket{$here}; next };
    my $far = adopt($target);
    @peer{$here, $far} = ($far, $here);
    $connecting{$far} = 1;
    next if defined $address and (connect($target, sockaddr_in($there, $address)) or $!{EINPROGRESS});
    reset_both($here);
  }
}

sub fill {
  my ($n) = @_;
  my $to = $peer{$n};
  my $got = sysread($socket{$n}, $out{$to}, $CHUNK, length $out{$to});
  return if !defined $got and ($!{EAGAIN} or $!{EINTR});
  return reset_both($n) unless defined $got;
  $ended{$n} = 1 if $got == 0;
  drain($to);
}

sub drain {
  my ($n) = @_;
  return if $connecting{$n};
  if (length $out{$n}) {
    my $put = syswrite($socket{$n}, $out{$n});
    return if !defined $put and ($!{EAGAIN} or $!{EINTR});
    return reset_both($n) unless defined $put;
    substr($out{$n}, 0, $put, '');
  }
  return if length $out{$n} or !$ended{$peer{$n}} or $closing{$n};
  $closing{$n} = 1;
  shutdown($socket{$n}, 1);
  drop($n) if $closing{$peer{$n}};
}

sub connected {
  my ($n) = @_;
  return reset_both($n) if unpack('i', getsockopt($socket{$n}, SOL_SOCKET, SO_ERROR));
  delete $connecting{$n};
  drain($n);
}

while (1) {
  my ($read, $write) = ('', '');
  vec($read, fileno $listener, 1) = 1;
  for my $n (keys %socket) {
    vec($read, $n, 1) = 1 if !$ended{$n} and !$connecting{$n} and length $out{$peer{$n}} < $CHUNK;
    vec($write, $n, 1) = 1 if $connecting{$n} or length $out{$n};
  }
  next if select($read, $write, undef, undef) < 1;
  for my $n (keys %socket) {
    if (exists $socket{$n} and vec($write, $n, 1)) { $connecting{$n} ? connected($n) : drain($n) }
    fill($n) if exists $socket{$n} and vec($read, $n, 1) and !$ended{$n};
  }
  take() if vec($read, fileno $listener, 1);
}
`;
