/**
 * Perl that joins pairs of connections: what one side has ended the other is told, what one side takes slowly the other
 * has to wait for, and an abrupt end is passed on as one. One process with `select`: the stacks have perl, but no socat
 * and no event library. `serve` takes listeners by file number, each with what to do when somebody connects.
 */
export const SPLICE_SCRIPT = String.raw`
use strict; use warnings;
use Socket qw(:DEFAULT IPPROTO_TCP TCP_NODELAY SOMAXCONN);
use Fcntl qw(F_GETFL F_SETFL O_NONBLOCK);
use Errno qw(EAGAIN EINTR EINPROGRESS);
my $CHUNK = 65536;
$SIG{PIPE} = 'IGNORE';
$SIG{TERM} = $SIG{INT} = sub { exit 0 };
$| = 1;

# By file number: the socket, its peer's number, what is to be written to it, and how far each direction is. One that
# has no peer yet is read by what is in %alone, if anything is.
my (%socket, %peer, %out, %connecting, %ended, %closing, %alone);

sub unblock { my ($s) = @_; fcntl($s, F_SETFL, fcntl($s, F_GETFL, 0) | O_NONBLOCK) }

sub listener {
  my ($port) = @_;
  socket(my $listener, PF_INET, SOCK_STREAM, IPPROTO_TCP) or die "socket: $!";
  setsockopt($listener, SOL_SOCKET, SO_REUSEADDR, 1);
  bind($listener, sockaddr_in($port, INADDR_ANY)) or die "bind: $!";
  listen($listener, SOMAXCONN) or die "listen: $!";
  unblock($listener);
  return $listener;
}

sub adopt {
  my ($s) = @_;
  unblock($s);
  setsockopt($s, IPPROTO_TCP, TCP_NODELAY, 1);
  setsockopt($s, SOL_SOCKET, SO_KEEPALIVE, 1);
  my $n = fileno $s;
  ($socket{$n}, $out{$n}) = ($s, '');
  return $n;
}

sub both { my ($n) = @_; return grep { defined($_) and exists $socket{$_} } $n, $peer{$n} }

sub drop {
  my ($n) = @_;
  for my $one (both($n)) {
    close $socket{$one};
    delete $_->{$one} for \(%socket, %peer, %out, %connecting, %ended, %closing, %alone);
  }
}

sub reset_both {
  my ($n) = @_;
  setsockopt($socket{$_}, SOL_SOCKET, SO_LINGER, pack('ii', 1, 0)) for both($n);
  drop($n);
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
  return if length $out{$n} or !defined $peer{$n} or !$ended{$peer{$n}} or $closing{$n};
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

sub is_read {
  my ($n) = @_;
  return exists $alone{$n} unless defined $peer{$n};
  return (!$ended{$n} and !$connecting{$n} and length $out{$peer{$n}} < $CHUNK);
}

sub serve {
  my (%taking) = @_;
  while (1) {
    my ($read, $write) = ('', '');
    vec($read, $_, 1) = 1 for keys %taking;
    for my $n (keys %socket) {
      vec($read, $n, 1) = 1 if is_read($n);
      vec($write, $n, 1) = 1 if $connecting{$n} or length $out{$n};
    }
    next if select($read, $write, undef, undef) < 1;
    for my $n (keys %socket) {
      if (exists $socket{$n} and vec($write, $n, 1)) { $connecting{$n} ? connected($n) : drain($n) }
      next unless exists $socket{$n} and vec($read, $n, 1) and is_read($n);
      defined $peer{$n} ? fill($n) : $alone{$n}->($n);
    }
    vec($read, $_, 1) and $taking{$_}->() for keys %taking;
  }
}
`;
