package dev.orograph.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.orograph.input.InputException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Base64;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What would take the memory or the time of a machine, or be answered wrongly, is refused. */
class HostileTokenizerTest {
  /** A small BPE; between the bars: what stands in its place, and what the message must name. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "'decoder':null|'decoder':{'type':'Strip','content':'a','start':1,'stop':-1}|decoder.stop",
        "'decoder':null|'decoder':{'type':'Fuse','more':1}|decoder.more",
        "'decoder':null|'decoder':{'type':'Python'}|Python",
        "'normalizer':null|'normalizer':{'type':'Precompiled','precompiled_charsmap':''}|trie",
        "'normalizer':null|'normalizer':{'type':'Precompiled','precompiled_charsmap':null}|missing",
        "'normalizer':null|'normalizer':{'type':'Prepend','prepend':''}|normalizer.prepend",
        "'normalizer':null|'normalizer':{'type':'Replace','pattern':{'String':''},'content':'x'}"
            + "|pattern.String",
        "'normalizer':null|'normalizer':{'type':'Replace','pattern':{'Regex':'(a+)+$'},"
            + "'content':''}|pattern.Regex",
        "'pre':null|'pre_tokenizer':{'type':'Metaspace','replacement':'ab'}|replacement",
        "'pre':null|'pre_tokenizer':{'type':'Split','behavior':'Odd','pattern':{'String':'a'}}"
            + "|behavior",
        "'post':null|'post_processor':{'type':'TemplateProcessing','single':[{'Sequence':"
            + "{'id':'B'}}]}|single",
        "'post':null|'post_processor':{'type':'TemplateProcessing','single':[]}|single",
        "'post':null|'post_processor':{'type':'RobertaProcessing','sep':['a',99],'cls':['a',1]}|99",
        "'added_tokens':[]|'added_tokens':[{'id':9,'content':''}]|content",
        "'added_tokens':[]|'added_tokens':[{'id':9,'content':'a'}]|has the id 1 elsewhere",
        "'added_tokens':[]|'added_tokens':[{'id':1,'content':'z'}]|must give an id to one piece",
        "'added_tokens':[]|'added_tokens':[{'id':99999999,'content':'z'}]|added_tokens[0].id",
        "'b':2|'b':1|must give an id to one piece",
        "'b':2|'b':-1|whole number",
        "'b':2|'b':4294967296|whole number",
        "'b':2|'b':2.5|whole number",
        "'merges':['a b']|'merges':['a z']|merges[0]",
        "'merges':['a b']|'merges':['a b c']|merges[0]",
        "'merges':['a b']|'merges':['ab']|merges[0]",
        "'merges':['a b']|'merges':[['a','b','c']]|merges[0]",
        "'merges':['a b']|'merges':['a b'],'continuing_subword_prefix':'####'|merges[0]",
        "'merges':['a b']|'merges':['a b'],'dropout':0.1|model.dropout",
        "'merges':['a b']|'merges':['a b'],'magic':true|model.magic",
        "'unk_token':'u'|'unk_token':'z'|model.unk_token",
        "'type':'BPE'|'type':'Magic'|Magic",
      })
  void isRefusedByName(String what, String by, String named) {
    String good =
        "{'version':'1.0','added_tokens':[],'normalizer':null,'pre':null,'post':null,"
            + "'decoder':null,'model':{'type':'BPE','unk_token':'u','vocab':{'u':0,'a':1,'b':2,"
            + "'ab':3},'merges':['a b']}}";
    assertThat(good).contains(what);
    String bad = good.replace(what, by).replace("'pre':null,", "").replace("'post':null,", "");
    refused(bad, named);
    try (Tokenizer t =
        TokenizerTest.open(good.replace("'pre':null,'post':null,", "").replace('\'', '"'))) {
      assertThat(t.encode("ab").ids()).containsExactly(3);
    }
  }

  private static void refused(String json, String named) {
    assertThatThrownBy(() -> TokenizerTest.open(json.replace('\'', '"')))
        .isInstanceOf(InputException.class)
        .hasMessageContaining(named);
  }

  @Test
  void anAddedTokenThatVanishesIsRefused() {
    refused(TinyTokenizers.wordLevel().replace("<m>", "  "), "leaves nothing of the token");
  }

  /** Forty replacements of a letter by two of it, before a model of one word. */
  private static String growing(String added) {
    String twice = "{'type':'Replace','pattern':{'String':'a'},'content':'aa'}";
    return "{'normalizer':{'type':'Sequence','normalizers':["
        + (twice + ",").repeat(40)
        + twice
        + "]},'added_tokens':["
        + added
        + "],'model':{'type':'WordLevel','unk_token':'u','vocab':{'u':0}}}";
  }

  @Test
  void aTextCannotGrowWithoutBound() {
    try (Tokenizer t = TokenizerTest.open(growing("").replace('\'', '"'))) {
      assertThat(t.encode("b").ids()).containsExactly(0);
      assertThatThrownBy(() -> t.encode("a"))
          .isInstanceOf(InputException.class)
          .hasMessageContaining("more than 4194304 characters");
    }
    refused(growing("{'id':1,'content':'a','normalized':true}"), "more than 4194304 characters");
  }

  @Test
  void aTrieThatLeadsOutOfItselfIsRefused() {
    for (Consumer<ByteBuffer> damage :
        java.util.List.<Consumer<ByteBuffer>>of(
            b -> b.putInt(0, 1 << 30),
            b -> b.putInt(0, 1020),
            b -> b.putInt(4, 0x7FFFFC00),
            b -> b.putInt(4 + 4 * 'A', 'A' | 1 << 8 | 0x7FFFF << 10),
            b -> b.putInt(4 + 4 * 0xC0, (1 << 31) | 500),
            b -> b.put(4 + 1024, (byte) 0xFF))) {
      ByteBuffer map = ByteBuffer.wrap(TinyTokenizers.charsmap()).order(ByteOrder.LITTLE_ENDIAN);
      String good = Base64.getEncoder().encodeToString(map.array());
      damage.accept(map);
      String bad = Base64.getEncoder().encodeToString(map.array());
      refused(TinyTokenizers.unigram().replace(good, bad), "precompiled_charsmap");
    }
  }

  @Test
  void aModelThatIsCutOffIsRefusedAtEveryPlace() {
    byte[] model = TinyTokenizers.sentencePiece(true);
    java.nio.file.Path file = java.nio.file.Path.of("cut.model");
    int refused = 0;
    for (int n = 0; n < model.length; n++) {
      try {
        SentencePieceModel.read(java.util.Arrays.copyOf(model, n), file);
      } catch (InputException e) {
        refused++;
      }
    }
    // Cut between two fields it is a shorter model.
    assertThat(refused).isGreaterThan(model.length * 9 / 10);
  }
}
