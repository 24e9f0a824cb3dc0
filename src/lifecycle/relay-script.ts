import { SPLICE_SCRIPT } from './splice-script.ts';

/** What the other end of a relay says first on each of its connections, after the token. */
export const RELAY_CONTROL = 'c';
export const RELAY_DATA = 'd';

/**
 * Perl that takes connections for somebody whom nobody can connect to. Arguments: the port for clients, the port for that
 * other end, and a token that it proves itself with. The other end first connects to be told of clients, with the token
 * and `c`; for each client it then gets one byte and connects again, with the token and `d`, to be joined to the client
 * that waits longest. Ends with the first of these connections. Prints `ready` once it listens.
 */
export const RELAY_SCRIPT = String.raw`${SPLICE_SCRIPT}
my ($port, $far_port, $token) = @ARGV;
my ($clients, $others) = (listener($port), listener($far_port));
my ($control, @waiting, %said);
print "ready\n";

sub take_client {
  while (accept(my $client, $clients)) {
    push @waiting, $client;
    adopt($client);
    call(1) if defined $control;
  }
}

sub call { my ($count) = @_; $out{$control} .= "\n" x $count }

sub take_other {
  while (accept(my $other, $others)) {
    my $n = adopt($other);
    $said{$n} = '';
    $alone{$n} = \&hear;
  }
}

sub hear {
  my ($n) = @_;
  my $wanted = length($token) + 1 - length $said{$n};
  my $got = sysread($socket{$n}, $said{$n}, $wanted, length $said{$n});
  return if !defined $got and ($!{EAGAIN} or $!{EINTR});
  return drop($n) unless $got;
  return if $got < $wanted;
  if ($said{$n} eq $token . '${RELAY_CONTROL}' and !defined $control) {
    $control = $n;
    $alone{$n} = sub { exit 0 };
    call(scalar @waiting) if @waiting;
  } elsif ($said{$n} eq $token . '${RELAY_DATA}' and @waiting) {
    my $client = fileno shift @waiting;
    delete $alone{$n};
    @peer{$client, $n} = ($n, $client);
  } else {
    drop($n);
  }
}

serve(fileno $clients, \&take_client, fileno $others, \&take_other);
`;
