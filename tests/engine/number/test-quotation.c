/* SPDX-License-Identifier: MIT */
#include "config.h"

#include <string.h>

#include "number/quotation-private.h"

static void
test_quote (void)
{
  static const struct
  {
    const char *text;
    const char *quoted;
  } rows[] = {
    {"", "\"\""},
    {"Q2.9", "\"Q2.9\""},
    {"a \"b\" %s", "\"a \"b\" %s\""},
    {"line\nbreak\ttab\r", "\"line\\x0abreak\\x09tab\\x0d\""},
    {"\xc3\xa4\xe2\x82\xac", "\"\xc3\xa4\xe2\x82\xac\""},
    {"\xff\xc3", "\"\\xff\\xc3\""},
    {"\xe2\x82", "\"\\xe2\\x82\""},
    {"\x1b[31m", "\"\\x1b[31m\""},
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *quoted = fxp_quote (rows[i].text);
      g_assert_cmpstr (quoted, ==, rows[i].quoted);
    }
}

/* Of a long text the beginning is kept, whole characters of it. */
static void
test_long (void)
{
  g_autofree char *exact = g_strnfill (60, 'x');
  g_autofree char *text = g_strnfill (100000, 'x');
  g_autofree char *quoted_exact = fxp_quote (exact);
  g_autofree char *quoted = fxp_quote (text);

  g_assert_cmpuint (strlen (quoted_exact), ==, 62);
  g_assert_true (g_str_has_suffix (quoted, "x…\""));
  g_assert_cmpint (g_utf8_strlen (quoted, -1), ==, 63);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/number/quotation/quote", test_quote);
  g_test_add_func ("/number/quotation/long", test_long);

  return g_test_run ();
}
