# SPDX-License-Identifier: BSD-2-Clause
#
# Draws docs/performance.svg: what each path costs on each hypervisor.
#
# usage: gnuplot -c plot.gp DATA SVG
#
# DATA is the output of `pvtime bench --data`.

set terminal svg size 1000,460 font "sans-serif,12" background "#ffffff"
set output ARG2
set title "Instructions of a path, on cortex-a57"
set style data histograms
set style histogram clustered gap 1
set style fill solid 1.0 noborder
set boxwidth 0.9 relative
set logscale y
set yrange [10:*]
set ylabel "instructions"
set xtics nomirror rotate by -35 noenhanced
set ytics nomirror
set grid ytics linecolor "#dddddd"
set border 3
set key top left reverse Left horizontal
set datafile missing "?"
plot ARG1 using 2:xticlabels(1) title "this hypervisor" linecolor "#2a7f3f", \
     "" using 4 title "Linux KVM" linecolor "#d08a1e", \
     "" using 6 title "Xen" linecolor "#5577aa"
