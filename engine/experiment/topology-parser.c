/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "experiment/topology-private.h"
#include "number/quotation-private.h"
#include "number/error.h"
#include <glib/gi18n-lib.h>
#include <string.h>

#define DEPTH_MAX  8
#define KERNEL_MAX 64
#define INPUTS_MAX (1 << 24)
/* Any number above every limit; longer digit strings stop growing here. */
#define NUMBER_MAX G_GUINT64_CONSTANT (1000000000000)

typedef struct
{
  const char *text;
  const char *at;   /* how far it is read */
  guint n_tokens;   /* read so far, those in brackets included */
  guint depth;      /* open brackets */
  GArray *layers;   /* of FxpLayerSpec */
  FxpShape input;   /* rank 0 while unknown */
  GString *written; /* the canonical spelling */
} Parser;

typedef struct
{
  const char *start; /* in the parser's text */
  char *word;        /* owned; upper case, no space around */
  guint number;      /* counts from 1 */
} Token;

static void
token_clear (Token *self)
{
  g_free (self->word);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Token, token_clear)

char *
fxp_layer_spec_to_string (const FxpLayerSpec *self)
{
  switch (self->kind)
    {
    case FXP_LAYER_DENSE:
      return g_strdup_printf ("%uFC", self->units);
    case FXP_LAYER_CONVOLUTION:
      return g_strdup_printf ("%uC%u", self->units, self->kernel);
    case FXP_LAYER_MAX_POOLING:
      return g_strdup_printf ("MP%u", self->kernel);
    default:
      g_return_val_if_reached (NULL);
    }
}

/* Sets an error that names the token and its place; the reason follows. */
static gboolean G_GNUC_PRINTF (5, 6) fail (const Parser *self,
                                           const Token *token,
                                           FxpError code,
                                           GError **error,
                                           const char *reason,
                                           ...)
{
  g_autofree char *text = fxp_quote (self->text);
  g_autofree char *word = g_strndup (token->start, strlen (token->word));
  g_autofree char *quoted = fxp_quote (word);
  g_autofree char *why = NULL;
  va_list args;

  va_start (args, reason);
  why = g_strdup_vprintf (reason, args);
  va_end (args);
  g_set_error (error,
               FXP_ERROR,
               code,
               _ ("%s: token %u %s at character %u: %s"),
               text,
               token->number,
               quoted,
               (guint)(token->start - self->text) + 1,
               why);
  return FALSE;
}

static gboolean
fail_unknown (const Parser *self, const Token *token, GError **error)
{
  return fail (self,
               token,
               FXP_ERROR_PARSE,
               error,
               _ ("expected N, NFC, NCk, MPk, CxHxW or nx(...)"));
}

static void
skip_space (Parser *self)
{
  while (g_ascii_isspace (*self->at))
    self->at++;
}

static void
read_token (Parser *self, Token *token)
{
  skip_space (self);
  token->start = self->at;
  token->number = ++self->n_tokens;
  self->at += strcspn (self->at, "-()");
  token->word = g_ascii_strup (token->start, self->at - token->start);
  g_strchomp (token->word);
}

/* Digits at @at; FALSE if there are none. */
static gboolean
read_number (const char **at, guint64 *number)
{
  const char *start = *at;

  *number = 0;
  for (; g_ascii_isdigit (**at); (*at)++)
    *number = MIN (*number * 10 + (guint64)(**at - '0'), NUMBER_MAX);
  return *at > start;
}

static gboolean
add_layer (Parser *self, const Token *token, const FxpLayerSpec *layer, GError **error)
{
  if (self->layers->len == FXP_TOPOLOGY_LAYERS_MAX)
    return fail (self,
                 token,
                 FXP_ERROR_RANGE,
                 error,
                 _ ("it makes more than %d layers"),
                 FXP_TOPOLOGY_LAYERS_MAX);
  g_array_append_val (self->layers, *layer);
  return TRUE;
}

static gboolean
take_layer (Parser *self,
            const Token *token,
            FxpLayerKind kind,
            guint64 units,
            guint64 kernel,
            GError **error)
{
  FxpLayerSpec layer = {kind, units, kernel};
  g_autofree char *word = NULL;

  if (kind != FXP_LAYER_MAX_POOLING && (units < 1 || units > FXP_TOPOLOGY_UNITS_MAX))
    return fail (self,
                 token,
                 FXP_ERROR_RANGE,
                 error,
                 _ ("the number of units is not in 1..%d"),
                 FXP_TOPOLOGY_UNITS_MAX);
  if (kind != FXP_LAYER_DENSE && (kernel < 1 || kernel > KERNEL_MAX))
    return fail (self,
                 token,
                 FXP_ERROR_RANGE,
                 error,
                 _ ("the side of the window is not in 1..%d"),
                 KERNEL_MAX);
  word = fxp_layer_spec_to_string (&layer);
  g_string_append (self->written, word);
  return add_layer (self, token, &layer, error);
}

static gboolean
take_input (Parser *self, const Token *token, const guint64 *dim, guint n_dims, GError **error)
{
  guint64 n = 1;

  for (guint i = 0; i < n_dims; i++)
    n = MIN (n * MIN (dim[i], INPUTS_MAX + 1), INPUTS_MAX + 1);
  if (n < 1 || n > INPUTS_MAX)
    return fail (self,
                 token,
                 FXP_ERROR_RANGE,
                 error,
                 _ ("the number of inputs is not in 1..%d"),
                 INPUTS_MAX);
  if (n_dims == 1)
    self->input = FXP_SHAPE_1 (dim[0]);
  else if (n_dims == 2)
    self->input = FXP_SHAPE_3 (1, dim[0], dim[1]);
  else
    self->input = FXP_SHAPE_3 (dim[0], dim[1], dim[2]);
  for (guint i = 0; i < n_dims; i++)
    g_string_append_printf (self->written, "%s%" G_GUINT64_FORMAT, i > 0 ? "x" : "", dim[i]);
  return TRUE;
}

/* A number alone is the input if other tokens follow the first, else a dense layer. */
static gboolean
take_bare (Parser *self, const Token *token, guint64 number, GError **error)
{
  FxpLayerSpec layer = {FXP_LAYER_DENSE, number, 0};

  if (token->number == 1 && self->depth == 0 && *self->at == '-')
    return take_input (self, token, &number, 1, error);
  if (number < 1 || number > FXP_TOPOLOGY_UNITS_MAX)
    return take_layer (self, token, FXP_LAYER_DENSE, number, 0, error);
  g_string_append_printf (self->written, "%u", layer.units);
  return add_layer (self, token, &layer, error);
}

static gboolean
take_shape (Parser *self, const Token *token, guint64 first, const char *rest, GError **error)
{
  guint64 dim[3] = {first};
  guint n_dims = 1;

  while (*rest == 'X' && n_dims < 3)
    {
      rest++;
      if (!read_number (&rest, &dim[n_dims++]))
        return fail_unknown (self, token, error);
    }
  if (*rest != '\0')
    return fail_unknown (self, token, error);
  if (token->number != 1 || self->depth > 0)
    return fail (self,
                 token,
                 FXP_ERROR_PARSE,
                 error,
                 _ ("the shape of the input can only be the first token"));
  return take_input (self, token, dim, n_dims, error);
}

static gboolean
take_word (Parser *self, const Token *token, GError **error)
{
  const char *rest = token->word;
  guint64 units, kernel;

  if (g_str_has_prefix (rest, "MP"))
    {
      rest += 2;
      if (!read_number (&rest, &kernel) || *rest != '\0')
        return fail_unknown (self, token, error);
      return take_layer (self, token, FXP_LAYER_MAX_POOLING, 0, kernel, error);
    }
  if (!read_number (&rest, &units))
    return fail_unknown (self, token, error);
  if (*rest == '\0')
    return take_bare (self, token, units, error);
  if (g_str_equal (rest, "FC"))
    return take_layer (self, token, FXP_LAYER_DENSE, units, 0, error);
  if (*rest == 'X')
    return take_shape (self, token, units, rest, error);
  if (*rest++ != 'C' || !read_number (&rest, &kernel) || *rest != '\0')
    return fail_unknown (self, token, error);
  return take_layer (self, token, FXP_LAYER_CONVOLUTION, units, kernel, error);
}

static gboolean parse_chain (Parser *self, GError **error);

static gboolean
parse_bracket (Parser *self, const Token *token, GError **error)
{
  const char *rest = token->word;
  guint first = self->layers->len;
  guint64 n;
  guint n_inside;

  if (!read_number (&rest, &n) || !g_str_equal (rest, "X"))
    return fail_unknown (self, token, error);
  if (n < 1 || n > FXP_TOPOLOGY_LAYERS_MAX)
    return fail (self,
                 token,
                 FXP_ERROR_RANGE,
                 error,
                 _ ("the number of repetitions is not in 1..%d"),
                 FXP_TOPOLOGY_LAYERS_MAX);
  if (self->depth == DEPTH_MAX)
    return fail (self,
                 token,
                 FXP_ERROR_RANGE,
                 error,
                 _ ("brackets are nested more than %d deep"),
                 DEPTH_MAX);
  self->at++;
  self->depth++;
  g_string_append_printf (self->written, "%" G_GUINT64_FORMAT "x(", n);
  if (!parse_chain (self, error))
    return FALSE;
  if (*self->at != ')')
    return fail (self, token, FXP_ERROR_PARSE, error, _ ("its bracket is not closed"));
  self->at++;
  self->depth--;
  g_string_append_c (self->written, ')');

  n_inside = self->layers->len - first;
  for (guint i = 0; i < (n - 1) * n_inside; i++)
    {
      FxpLayerSpec layer = g_array_index (self->layers, FxpLayerSpec, first + i);

      if (!add_layer (self, token, &layer, error))
        return FALSE;
    }
  return TRUE;
}

/* Tokens up to the closing bracket or the end. */
static gboolean
parse_chain (Parser *self, GError **error)
{
  while (TRUE)
    {
      g_auto (Token) token = {NULL};

      read_token (self, &token);
      if (*self->at == '(' ? !parse_bracket (self, &token, error)
                           : !take_word (self, &token, error))
        return FALSE;
      skip_space (self);
      if (*self->at == '\0' || (*self->at == ')' && self->depth > 0))
        return TRUE;
      if (*self->at != '-')
        return fail (self,
                     &token,
                     FXP_ERROR_PARSE,
                     error,
                     _ ("expected \"-\" or the end after it, at character %u"),
                     (guint)(self->at - self->text) + 1);
      self->at++;
      g_string_append_c (self->written, '-');
    }
}

FxpTopology *
fxp_topology_parse (const char *text, GError **error)
{
  g_autoptr (GArray) layers = g_array_new (FALSE, FALSE, sizeof (FxpLayerSpec));
  g_autoptr (GString) written = g_string_new (NULL);
  Parser parser = {.text = text, .at = text, .layers = layers, .written = written};

  g_return_val_if_fail (text != NULL, NULL);

  if (!parse_chain (&parser, error))
    return NULL;
  if (layers->len == 0 ||
      g_array_index (layers, FxpLayerSpec, layers->len - 1).kind != FXP_LAYER_DENSE)
    {
      g_autofree char *quoted = fxp_quote (text);

      g_set_error (error,
                   FXP_ERROR,
                   FXP_ERROR_PARSE,
                   _ ("%s: the last token is no dense layer; expected N or NFC with a unit for "
                      "each class"),
                   quoted);
      return NULL;
    }
  return fxp_topology_new (written->str,
                           &parser.input,
                           (const FxpLayerSpec *)(gconstpointer)layers->data,
                           layers->len);
}
