import { BUILDPACKS_DIR } from './container-paths.ts';

/**
 * Perl, which every Debian and Ubuntu has, that tells which files of buildpacks were opened. Times of access do not: cp and
 * Go copy by copy_file_range(2), which leaves none on overlayfs. Reads lines: `watch` begins anew, `reads` is answered by the paths
 * that were opened since it was asked last, each ended by NUL, `*` if there were too many, and an empty one. Ends when it cannot watch.
 * Source of numbers: linux asm/unistd.h, inotify.h.
 */
export const READ_WATCH_SCRIPT = `
use strict;
my ($machine) = (POSIX::uname())[4];
my %numbers = (x86_64 => [294, 254], aarch64 => [26, 27]);
my ($init, $add) = @{$numbers{$machine} || exit 1};
my ($OPEN, $ONLY_DIRECTORY, $OVERFLOW, $IS_DIRECTORY) = (0x20, 0x1000000, 0x4000, 0x40000000);
my ($fd, $events, %directories, %opened);
sub begin {
  close $events if $events;
  %directories = %opened = ();
  $fd = syscall($init, 04000 | 02000000);
  exit 1 if $fd < 0;
  open($events, '<&=', $fd) or exit 1;
  open(my $found, '-|', 'find', '${BUILDPACKS_DIR}', '-type', 'd', '-print0') or exit 1;
  local $/ = "\\0";
  while (my $path = <$found>) {
    chomp $path;
    my $watch = syscall($add, $fd, $path, $OPEN | $ONLY_DIRECTORY);
    exit 1 if $watch < 0;
    $directories{$watch} = $path;
  }
}
sub drain {
  while (sysread($events, my $bytes, 1 << 16)) {
    while (length $bytes) {
      my ($watch, $mask, undef, $length) = unpack('iIII', $bytes);
      my $name = unpack('Z*', substr($bytes, 16, $length));
      substr($bytes, 0, 16 + $length) = '';
      if ($mask & $OVERFLOW) { $opened{'*'} = 1 }
      elsif ($name ne '' && !($mask & $IS_DIRECTORY)) { $opened{"$directories{$watch}/$name"} = 1 }
    }
  }
}
$| = 1;
while (1) {
  my $ready = '';
  vec($ready, 0, 1) = 1;
  vec($ready, $fd, 1) = 1 if $events;
  select($ready, undef, undef, undef);
  drain() if $events;
  next unless vec($ready, 0, 1);
  # One command at a time is asked.
  exit 0 unless sysread(STDIN, my $line, 64);
  if ($line =~ /watch/) { begin(); print "watching\\0" }
  else { print map("$_\\0", keys %opened), "\\0"; %opened = () }
}
`;
