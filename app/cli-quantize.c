/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "cli.h"

#include <errno.h>
#include <glib/gi18n.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The exact decimal expansion of a value on a binary grid: a double with n fraction bits has at
 * most n decimal places, and glibc prints them all. */
static char *
exact_to_string (double value, int frac_bits)
{
  char buffer[512];
  g_autofree char *format = g_strdup_printf ("%%.%df", MAX (frac_bits, 0));

  g_ascii_formatd (buffer, sizeof buffer, format, value);
  if (strchr (buffer, '.') != NULL)
    {
      char *end = buffer + strlen (buffer);

      while (end[-1] == '0')
        *--end = '\0';
      if (end[-1] == '.')
        end[-1] = '\0';
    }
  return g_strdup (strcmp (buffer, "-0") == 0 ? "0" : buffer);
}

static void
print_one (const FxpQuantizer *quantizer, const FxpNoise *noise, guint32 index, double value)
{
  FxpQuantizeCounts counts = {0};
  union
  {
    gint64 align;
    guint8 bytes[8];
  } code = {0};
  double quantized;

  fxp_quantizer_apply (quantizer, noise, &value, code.bytes, index, 1, &counts, NULL);
  fxp_format_decode (quantizer->format, code.bytes, 1, &quantized);
  if (fxp_format_is_float (quantizer->format))
    {
      char buffer[G_ASCII_DTOSTR_BUF_SIZE];

      printf ("%s float\n", g_ascii_dtostr (buffer, sizeof buffer, quantized));
    }
  else
    {
      g_autofree char *text = exact_to_string (quantized, quantizer->format.frac_bits);

      printf ("%s %" G_GINT64_FORMAT "\n",
              text,
              fxp_format_get_code (quantizer->format, code.bytes, 0));
    }
}

static int
quantize_stream (const FxpQuantizer *quantizer, guint64 seed, FILE *stream)
{
  const FxpNoise noise = fxp_noise_new (seed, 0, 0, 0, FXP_STREAM_QUANTIZE);
  guint32 index = 0;
  guint line_number = 0;
  char *line = NULL;
  size_t capacity = 0;
  ssize_t n_bytes;
  int status = EXIT_SUCCESS;

  while (status == EXIT_SUCCESS && !ferror (stdout) &&
         (n_bytes = getline (&line, &capacity, stream)) >= 0)
    {
      char *save = NULL;

      line_number++;
      if (memchr (line, '\0', n_bytes) != NULL)
        status = fxa_cli_fail_text (FXA_EXIT_FAILURE,
                                    _ ("standard input:%u: found a zero byte, expected numbers"),
                                    line_number);
      for (char *word = strtok_r (line, " \t\r\n,;", &save); word != NULL && status == EXIT_SUCCESS;
           word = strtok_r (NULL, " \t\r\n,;", &save))
        {
          char *end = NULL;
          const double value = g_ascii_strtod (word, &end);

          if (end == word || *end != '\0' || isnan (value))
            status = fxa_cli_fail_text (FXA_EXIT_FAILURE,
                                        _ ("standard input:%u: “%.40s” is not a number"),
                                        line_number,
                                        word);
          else
            print_one (quantizer, &noise, index++, value);
        }
    }
  if (status == EXIT_SUCCESS && ferror (stream))
    status = fxa_cli_fail_text (FXA_EXIT_FAILURE, _ ("standard input: %s"), g_strerror (errno));
  free (line);
  return status;
}

static int
run_quantize (int argc, char **argv)
{
  g_autofree char *format = NULL, *rounding = NULL, *overflow = NULL;
  g_autofree char *seed_text = NULL;
  guint64 seed = 1;
  const GOptionEntry entries[] =
    {{"format",
      'f',
      0,
      G_OPTION_ARG_FILENAME,
      &format,
      N_ ("Qm.n, UQm.n, ap_fixed<W,I>, ap_ufixed<W,I>, fixdt(s,W,F) or float"),
      "FORMAT"},
     {"rounding",
      'r',
      0,
      G_OPTION_ARG_FILENAME,
      &rounding,
      N_ ("nearest-even (default), nearest-away, floor, toward-zero, stochastic, sign or "
          "nearest-up"),
      "ROUNDING"},
     {"overflow",
      'o',
      0,
      G_OPTION_ARG_FILENAME,
      &overflow,
      N_ ("saturate (default), saturate-symmetric or wrap"),
      "OVERFLOW"},
     {"seed",
      's',
      0,
      G_OPTION_ARG_FILENAME,
      &seed_text,
      N_ ("Seed of stochastic rounding (default 1)"),
      "N"},
     {NULL}};
  FxpQuantizer quantizer = FXP_QUANTIZER_FLOAT;
  g_autoptr (GError) error = NULL;

  if (!fxa_cli_parse (&fxa_command_quantize, entries, &argc, &argv, 0, 0) ||
      !fxa_cli_parse_count ("quantize: --seed", seed_text, 0, G_MAXUINT64, &seed))
    return FXA_EXIT_USAGE;
  if (format == NULL)
    return fxa_cli_fail_text (FXA_EXIT_USAGE, _ ("quantize: --format is missing"));
  if (!fxp_format_parse (format, &quantizer.format, &error) ||
      (rounding != NULL && !fxp_rounding_parse (rounding, &quantizer.rounding, &error)) ||
      (overflow != NULL && !fxp_overflow_parse (overflow, &quantizer.overflow, &error)))
    return fxa_cli_fail (FXA_EXIT_FAILURE, error);
  return quantize_stream (&quantizer, seed, stdin);
}

const FxaCommand fxa_command_quantize = {
  .name = "quantize",
  .arguments = "< NUMBERS",
  .summary = N_ (
    "Quantize numbers from standard input; each line gives the exact value and its integer code"),
  .run = run_quantize,
};
