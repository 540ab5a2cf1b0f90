/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "experiment/topology.h"

#include <glib/gi18n-lib.h>

const char *
fxp_topology_get_grammar (void)
{
  /* translators: the tokens on the left stay as they are; at most 79 columns */
  return _ ("A topology is a row of tokens joined by \"-\", in upper or lower case:\n"
            "  N           first of several: number of inputs; else a dense layer\n"
            "  CxHxW, HxW  first: shape of the input\n"
            "  NFC         dense layer of N units; the last token is NFC or N: the classes\n"
            "  NCk         convolution of N filters k x k, no padding, stride 1\n"
            "  NCkP        with k / 2 zeros on every side; NCkPp with p\n"
            "  NCk/s       with stride s, behind the padding if there is one\n"
            "  BN          batch normalization, right behind NCk, NFC or N\n"
            "  MPk, APk    maximum or average over k x k; GAP average over the image\n"
            "  Dp          dropout of p percent\n"
            "  RES(F/s)    residual block of two convolutions FC3P; the first has stride s\n"
            "  RES(F,...)  with options: P1 or P3 projection of that kernel where the shape\n"
            "              differs (default P1), I identity padded with zeros there, Dp\n"
            "              dropout inside, NOBN no batch normalization\n"
            "  nxRES(F/s)  n blocks, of which only the first has the stride\n"
            "  nx(...)     the bracket n times\n");
}
