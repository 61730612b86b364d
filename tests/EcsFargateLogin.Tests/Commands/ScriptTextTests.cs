using System.Text;
using EcsFargateLogin.Commands;

namespace EcsFargateLogin.Tests.Commands;

public sealed class ScriptTextTests
{
    [Theory]
    [InlineData("echo hi\n", "sh")]
    [InlineData("", "sh")]
    [InlineData("#!\necho", "sh")]
    [InlineData("#!/bin/bash", "/bin/bash")]
    [InlineData("#! /bin/sh -eu\nfalse", "/bin/sh", "-eu")]
    [InlineData("#!/bin/bash -e -u  \n", "/bin/bash", "-e -u")]
    [InlineData("#!/usr/bin/env bash\n", "/usr/bin/env", "bash")]
    [InlineData("#!/usr/bin/env\t-S \tVAR=x bash -e\n", "/usr/bin/env", "-S \tVAR=x bash -e")]
    [InlineData("#!/bin/sh -\n", "/bin/sh", "-")]
    public void The_first_line_is_read_as_Linux_reads_it(string script, params string[] words) =>
        Assert.Equal(words, ScriptText.InterpreterOf(Encoding.UTF8.GetBytes(script)));

    [Theory]
    [InlineData("a\r\nb\r\n", "a\nb\n")]
    [InlineData("a\rb\r\r\nc\r", "a\rb\r\nc\r")]
    [InlineData("\uFEFF#!/bin/sh\r\n", "#!/bin/sh\n")]
    public void Byte_order_marks_and_Windows_line_ends_are_left_out(string text, string clean)
    {
        Assert.Equal(clean, ScriptText.Clean(text));
        Encoding[] encodings = [new UTF8Encoding(false), Encoding.Unicode, Encoding.BigEndianUnicode];
        Assert.All(text[0] == '\uFEFF' ? encodings : encodings[..1], encoding =>
            Assert.Equal(clean, Encoding.UTF8.GetString(ScriptText.Clean(encoding.GetBytes(text)))));
    }

    [Fact]
    public void Bytes_that_are_no_text_stay_as_they_are()
    {
        byte[] bytes = [0x23, 0xE4, 0x00, 0x0D, 0x80, 0x0A];

        Assert.Equal(bytes, ScriptText.Clean(bytes));
    }
}
