import { SPLICE_SCRIPT } from './splice-script.ts';

/**
 * Perl that takes connections on a port and passes each on to a container, in a network that the engine publishes no
 * ports of. Arguments: port, name of the container, port there. Prints `ready` once it listens. A connection that the
 * container refuses is reset.
 */
export const FORWARDER_SCRIPT = String.raw`${SPLICE_SCRIPT}
my ($port, $host, $there) = @ARGV;
my $listener = listener($port);
my $address;
print "ready\n";

sub take {
  while (accept(my $client, $listener)) {
    $address = inet_aton($host) unless defined $address;
    my $here = adopt($client);
    socket(my $target, PF_INET, SOCK_STREAM, IPPROTO_TCP) or do { drop($here); next };
    my $far = adopt($target);
    @peer{$here, $far} = ($far, $here);
    $connecting{$far} = 1;
    next if defined $address and (connect($target, sockaddr_in($there, $address)) or $!{EINPROGRESS});
    reset_both($here);
  }
}

serve(fileno $listener, \&take);
`;
