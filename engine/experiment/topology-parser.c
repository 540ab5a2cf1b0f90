/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "experiment/topology-private.h"
#include "experiment/topology-token-private.h"
#include "number/quotation-private.h"
#include <glib/gi18n-lib.h>
#include <string.h>

#define DEPTH_MAX  8
#define INPUTS_MAX (1 << 24)

#define BLOCK "RES"

typedef struct
{
  const char *text;
  const char *at;   /* how far it is read */
  guint n_words;    /* read so far, those in front of brackets included */
  guint depth;      /* open brackets */
  GArray *tokens;   /* of FxpToken */
  FxpShape input;   /* rank 0 while unknown */
  GString *written; /* the canonical spelling */
} Parser;

static void
skip_space (Parser *self)
{
  while (g_ascii_isspace (*self->at))
    self->at++;
}

/* The word up to the next dash or bracket, in upper case, without space around. */
static char *
read_word (Parser *self, FxpToken *token)
{
  char *word;

  skip_space (self);
  *token = (FxpToken){.text = self->text,
                      .start = self->at - self->text,
                      .spec = {.token = ++self->n_words}};
  self->at += strcspn (self->at, "-()");
  word = g_ascii_strup (self->text + token->start, self->at - self->text - token->start);
  g_strchomp (word);
  token->length = strlen (word);
  return word;
}

static gboolean
add_token (Parser *self, const FxpToken *token, GError **error)
{
  if (self->tokens->len == FXP_TOPOLOGY_LAYERS_MAX)
    return fxp_token_fail (token,
                           FXP_ERROR_RANGE,
                           error,
                           _ ("it makes more than %d layers"),
                           FXP_TOPOLOGY_LAYERS_MAX);
  g_array_append_val (self->tokens, *token);
  return TRUE;
}

static gboolean
check_repetitions (const FxpToken *token, guint64 n, GError **error)
{
  if (n >= 1 && n <= FXP_TOPOLOGY_LAYERS_MAX)
    return TRUE;
  return fxp_token_fail (token,
                         FXP_ERROR_RANGE,
                         error,
                         _ ("the number of repetitions is not in 1..%d"),
                         FXP_TOPOLOGY_LAYERS_MAX);
}

static gboolean
take_input (Parser *self, const FxpToken *token, const guint64 *dim, guint n_dims, GError **error)
{
  guint64 n = 1;

  for (guint i = 0; i < n_dims; i++)
    n = MIN (n * MIN (dim[i], INPUTS_MAX + 1), INPUTS_MAX + 1);
  if (n < 1 || n > INPUTS_MAX)
    return fxp_token_fail (token,
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

static gboolean
take_shape (Parser *self, const FxpToken *token, guint64 first, const char *rest, GError **error)
{
  guint64 dim[3] = {first};
  guint n_dims = 1;

  while (*rest == 'X' && n_dims < 3)
    {
      rest++;
      if (!fxp_take_number (&rest, &dim[n_dims++]))
        return fxp_token_fail_unknown (token, error);
    }
  if (*rest != '\0')
    return fxp_token_fail_unknown (token, error);
  if (token->spec.token != 1 || self->depth > 0)
    return fxp_token_fail (token,
                           FXP_ERROR_PARSE,
                           error,
                           _ ("the shape of the input can only be the first token"));
  return take_input (self, token, dim, n_dims, error);
}

/* A number alone is the input if other tokens follow the first, else a dense layer. */
static gboolean
take_word (Parser *self, FxpToken *token, const char *word, GError **error)
{
  const char *rest = word;
  gboolean is_number;
  guint64 number;

  is_number = fxp_take_number (&rest, &number);
  if (is_number && *rest == 'X')
    return take_shape (self, token, number, rest, error);
  if (is_number && *rest == '\0')
    {
      if (token->spec.token == 1 && self->depth == 0 && *self->at == '-')
        return take_input (self, token, &number, 1, error);
      if (!fxp_token_read_bare (token, number, error))
        return FALSE;
    }
  else if (!fxp_token_read (token, word, error))
    return FALSE;
  fxp_token_write (token, self->written);
  return add_token (self, token, error);
}

/* RES(...) or nxRES(...), a stage of blocks of which the first has the stride. */
static gboolean
take_stage (Parser *self, FxpToken *token, const char *word, GError **error)
{
  const char *end = strchr (self->at, ')');
  const char *rest = word;
  g_autofree char *inside = NULL;
  guint64 n = 1;

  if (fxp_take_number (&rest, &n) ? !g_str_equal (rest, "X" BLOCK) : !g_str_equal (rest, BLOCK))
    return fxp_token_fail_unknown (token, error);
  if (end == NULL)
    return fxp_token_fail (token, FXP_ERROR_PARSE, error, _ ("its bracket is not closed"));
  if (rest > word && !check_repetitions (token, n, error))
    return FALSE;
  inside = g_strndup (self->at + 1, end - self->at - 1);
  self->at = end + 1;
  token->length = self->at - self->text - token->start;
  if (!fxp_token_read_block (token, inside, error))
    return FALSE;
  if (rest > word)
    g_string_append_printf (self->written, "%" G_GUINT64_FORMAT "x", n);
  fxp_token_write (token, self->written);
  for (guint i = 0; i < MAX (n, 1); i++)
    {
      if (!add_token (self, token, error))
        return FALSE;
      token->spec.stride = 1;
    }
  return TRUE;
}

static gboolean parse_chain (Parser *self, GError **error);

static gboolean
take_bracket (Parser *self, const FxpToken *token, const char *word, GError **error)
{
  const char *rest = word;
  guint first = self->tokens->len;
  guint64 n;
  guint n_inside;

  if (!fxp_take_number (&rest, &n) || !g_str_equal (rest, "X"))
    return fxp_token_fail_unknown (token, error);
  if (!check_repetitions (token, n, error))
    return FALSE;
  if (self->depth == DEPTH_MAX)
    return fxp_token_fail (token,
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
    return fxp_token_fail (token, FXP_ERROR_PARSE, error, _ ("its bracket is not closed"));
  self->at++;
  self->depth--;
  g_string_append_c (self->written, ')');

  n_inside = self->tokens->len - first;
  for (guint i = 0; i < (n - 1) * n_inside; i++)
    {
      FxpToken copy = g_array_index (self->tokens, FxpToken, first + i);

      if (!add_token (self, &copy, error))
        return FALSE;
    }
  return TRUE;
}

static gboolean
take_item (Parser *self, FxpToken *token, GError **error)
{
  g_autofree char *word = read_word (self, token);

  if (*self->at != '(')
    return take_word (self, token, word, error);
  if (g_str_has_suffix (word, BLOCK))
    return take_stage (self, token, word, error);
  return take_bracket (self, token, word, error);
}

/* Tokens up to the closing bracket or the end. */
static gboolean
parse_chain (Parser *self, GError **error)
{
  while (TRUE)
    {
      FxpToken token;

      if (!take_item (self, &token, error))
        return FALSE;
      skip_space (self);
      if (*self->at == '\0' || (*self->at == ')' && self->depth > 0))
        return TRUE;
      if (*self->at != '-')
        return fxp_token_fail (&token,
                               FXP_ERROR_PARSE,
                               error,
                               _ ("expected \"-\" or the end after it, at character %u"),
                               (guint)(self->at - self->text) + 1);
      self->at++;
      g_string_append_c (self->written, '-');
    }
}

/* The network ends with a layer that tells classes apart. */
static gboolean
check_end (const Parser *self, GError **error)
{
  const FxpToken *last = NULL;
  g_autofree char *quoted = fxp_quote (self->text);

  if (self->tokens->len > 0)
    last = &g_array_index (self->tokens, FxpToken, self->tokens->len - 1);
  if (last != NULL && last->spec.kind == FXP_LAYER_DENSE)
    return TRUE;
  if (last != NULL && last->spec.kind == FXP_LAYER_BATCH_NORM)
    return fxp_token_fail (last,
                           FXP_ERROR_PARSE,
                           error,
                           _ ("nothing is normalized behind the last layer; expected N or NFC "
                              "with a unit for each class after it"));
  g_set_error (error,
               FXP_ERROR,
               FXP_ERROR_PARSE,
               _ ("%s: the last token is no dense layer; expected N or NFC with a unit for "
                  "each class"),
               quoted);
  return FALSE;
}

FxpTopology *
fxp_topology_parse (const char *text, GError **error)
{
  g_autoptr (GArray) tokens = g_array_new (FALSE, FALSE, sizeof (FxpToken));
  g_autoptr (GArray) layers = NULL;
  g_autoptr (GString) written = g_string_new (NULL);
  Parser parser = {.text = text, .at = text, .tokens = tokens, .written = written};

  g_return_val_if_fail (text != NULL, NULL);

  if (!parse_chain (&parser, error) || !check_end (&parser, error))
    return NULL;
  layers = fxp_topology_expand (tokens, &parser.input, error);
  if (layers == NULL)
    return NULL;
  return fxp_topology_new (written->str,
                           &parser.input,
                           (const FxpLayerSpec *)(gconstpointer)layers->data,
                           layers->len);
}
