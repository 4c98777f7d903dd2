# SPDX-License-Identifier: BSD-2-Clause
package Reports;

# Parses what guests report on a console of `pvtime lab --stamp`. guest/linux/report.c describes the
# lines; tests/guests/spin.c prints the same. A MARK has the stolen time of the instant at which its
# line ended, and so has the stamp before it. Tests compare the two, which checks both.

use strict;
use warnings;
use Exporter qw(import);

our @EXPORT_OK = qw(marks reports unstamped mark_faults);

my $stamp = qr/\[(\d+\.\d{9}) stolen((?: \d+\.\d{9})+)\] /;

# Nanoseconds of "SECONDS.NNNNNNNNN".
sub nanoseconds { return $_[0] =~ s/\.//r + 0 }

# The lines without their stamps.
sub unstamped { return $_[0] =~ s/^$stamp//mgr }

# Each MARK, in order: cpu, and stolen_ns as the guest read it. A MARK with a stamp also has at_ns,
# since the guests' start, and ledger_ns, that vCPU's stolen time in the ledger at that instant.
sub marks
{
	my ($console) = @_;
	my @marks;
	while ($console =~ /^(?:$stamp)?MARK cpu=(\d+) stolen_ns=(\d+)\r?$/mg) {
		my %mark = (cpu => $3, stolen_ns => $4);
		if (defined $1) {
			my @stolen = map { nanoseconds($_) } split ' ', $2;
			@mark{qw(at_ns ledger_ns)} = (nanoseconds($1), $stolen[$mark{cpu}]);
		}
		push @marks, \%mark;
	}
	return @marks;
}

# Each STEAL line, in order: cpu, proc_ticks, struct_ns. If the CPU's last MARK before it has the
# same stolen time, also that MARK's at_ns and ledger_ns.
sub reports
{
	my ($console) = @_;
	my @reports;
	while ($console =~ /\G(.*?)^(?:$stamp)?STEAL cpu=(\d+) proc_ticks=(\d+) struct_ns=(\w+)\r?$/msg) {
		my ($before, %report) = ($1, cpu => $4, proc_ticks => $5, struct_ns => $6);
		my $mark = (grep { $_->{cpu} == $report{cpu} } marks($before))[-1];
		@report{qw(at_ns ledger_ns)} = @$mark{qw(at_ns ledger_ns)} if $mark && $mark->{stolen_ns} eq $report{struct_ns};
		push @reports, \%report;
	}
	return @reports;
}

# What is wrong with the last MARK of each of the CPUs 0 to n - 1, in words.
sub mark_faults
{
	my ($console, $n) = @_;
	my %last = map { $_->{cpu} => $_ } marks($console);
	return map {
		my $m = $last{$_};
		!$m ? "CPU $_ has no MARK"
			: !defined $m->{ledger_ns} ? "CPU $_: its MARK has no stamp"
			: $m->{stolen_ns} != $m->{ledger_ns}
			? "CPU $_: the structure said $m->{stolen_ns} ns, the ledger had $m->{ledger_ns} ns" : ();
	} 0 .. $n - 1;
}

1;
