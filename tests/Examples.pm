# SPDX-License-Identifier: BSD-2-Clause
package Examples;

# The C code in the documents. Each piece is a part of a file in examples/, between the lines /*
# NAME: begin */ and /* NAME: end */.

use strict;
use warnings;
use Exporter qw(import);

our @EXPORT = qw(marked shown);

# The parts of a C text that are marked with this name, or all marked parts if no name is given.
sub marked
{
	my ($text, $name) = @_;
	my @parts;
	while ($text =~ m{^/\* (\w+): begin \*/\n(.*?)^/\* \1: end \*/$}msg) {
		push @parts, $2 if !defined $name || $1 eq $name;
	}
	return @parts;
}

# The C blocks of a document.
sub shown { return $_[0] =~ /^```c\n(.*?)^```$/msg }

1;
