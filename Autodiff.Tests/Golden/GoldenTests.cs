using static Autodiff.Ops;
using static Autodiff.Transform;

namespace Autodiff.Tests;

/// <summary>The programs of typical functions, as they print. A change here is a change of what runs: look at it.</summary>
public class GoldenTests
{
    static void Prints(string expected, Jaxpr actual) => Assert.Equal(expected, actual.ToString(), ignoreLineEndingDifferences: true);

    [Fact]
    public void Gradient_of_x_sin_x() =>
        Prints(
            """
            { lambda a:f64[] . let
                b:f64[] = sin a
                c:f64[] = cos a
                d:f64[] = mul 1.0 a
                e:f64[] = mul 1.0 b
                f:f64[] = mul d c
                g:f64[] = add e f
              in (g) }
            """,
            MakeJaxpr(Grad(x => x * Sin(x)), Ones())
        );

    [Fact]
    public void Gradient_of_a_quadratic_loss() =>
        Prints(
            """
            { lambda a:f64[3] b:f64[5,3] c:f64[5] . let
                d:f64[5] = dot_general[xContract=[1] yContract=[0] xBatch=[] yBatch=[]] b a
                e:f64[5] = sub d c
                f:f64[5] = broadcast_in_dim[shape=[5] axes=[]] 2.0
                g:f64[5] = mul f e
                h:f64[5] = broadcast_in_dim[shape=[5] axes=[]] 1.0
                i:f64[5] = mul h g
                j:f64[3] = dot_general[xContract=[0] yContract=[0] xBatch=[] yBatch=[]] b i
              in (j) }
            """,
            MakeJaxpr((NDArray w, NDArray x, NDArray y) => Grad((NDArray v) => Sum(Square(Dot(x, v) - y)))(w), Ones(3), Ones(5, 3), Ones(5))
        );

    [Fact]
    public void Scan_and_its_gradient()
    {
        static NDArray F(NDArray w, NDArray c) => Scan((k, x) => (Tanh(w * k) + x, default(ValueTuple)), c, Zeros(5)).Carry;
        Prints(
            """
            { lambda a:f64[] b:f64[] . let
                c:f64[5] = broadcast_in_dim[shape=[5] axes=[]] 0.0
                d:f64[] = scan[body={ lambda a:i64[] b:f64[] c:f64[] d:f64[] . let
                      e:f64[] = mul b c
                      f:f64[] = tanh e
                      g:f64[] = add f d
                    in (g) } constants=1 carry=1 length=5 reverse=false] a b c
              in (d) }
            """,
            MakeJaxpr((w, c) => F(w, c), Ones(), Ones())
        );
        Prints(
            """
            { lambda a:f64[] b:f64[] . let
                c:f64[5] = broadcast_in_dim[shape=[5] axes=[]] 0.0
                d:f64[] e:f64[5] f:f64[5] = scan[body={ lambda a:i64[] b:f64[] c:f64[] d:f64[] . let
                      e:f64[] = mul b c
                      f:f64[] = tanh e
                      g:f64[] = add 1.0 f
                      h:f64[] = sub 1.0 f
                      i:f64[] = mul g h
                      j:f64[] = add f d
                    in (j, i, c) } constants=1 carry=1 length=5 reverse=false] a b c
                g:f64[] h:f64[] = scan[body={ lambda a:i64[] b:f64[] c:f64[] d:f64[] e:f64[] f:f64[] . let
                      g:f64[] = mul d f
                      h:f64[] = mul g b
                      i:f64[] = mul g e
                      j:f64[] = add c i
                    in (j, h) } constants=1 carry=2 length=5 reverse=true] a 0.0 1.0 f e
              in (g) }
            """,
            MakeJaxpr((w, c) => Grad(v => F(v, c))(w), Ones(), Ones())
        );
    }

    [Fact]
    public void Gradient_of_a_scan_with_an_invariant()
    {
        static NDArray F(NDArray w, NDArray c) => Sum(Scan((k, x) => (k * Exp(w) * x, default(ValueTuple)), c, Ones(5)).Carry);
        Prints(
            """
            { lambda a:f64[3] b:f64[3] . let
                c:f64[5] = broadcast_in_dim[shape=[5] axes=[]] 1.0
                d:f64[3] e:f64[5,3] = scan[body={ lambda a:i64[] b:f64[3] c:f64[3] d:f64[] . let
                      e:f64[3] = exp b
                      f:f64[3] = mul c e
                      g:f64[3] = broadcast_in_dim[shape=[3] axes=[]] d
                      h:f64[3] = mul f g
                    in (h, c) } constants=1 carry=1 length=5 reverse=false] a b c
                f:f64[3] = exp a
                g:f64[3] = broadcast_in_dim[shape=[3] axes=[]] 1.0
                h:f64[3] = broadcast_in_dim[shape=[3] axes=[]] 0.0
                i:f64[3] j:f64[3] = scan[body={ lambda a:i64[] b:f64[3] c:f64[3] d:f64[3] e:f64[3] f:f64[] . let
                      g:f64[3] = broadcast_in_dim[shape=[3] axes=[]] f
                      h:f64[3] = mul d g
                      i:f64[3] = mul h e
                      j:f64[3] = mul h b
                      k:f64[3] = mul i b
                      l:f64[3] = add c k
                    in (l, j) } constants=1 carry=2 length=5 reverse=true] f h g e c
              in (i) }
            """,
            MakeJaxpr((w, c) => Grad(v => F(v, c))(w), Ones(3), Ones(3))
        );
    }

    [Fact]
    public void While_and_its_gradient()
    {
        static NDArray F(NDArray x) => WhileLoop(y => y < 100, y => y * y, x);
        Prints(
            """
            { lambda a:f64[] . let
                b:f64[] c:i64[] = while[condition={ lambda a:f64[] . let
                      b:bool[] = lt a 100.0
                    in (b) } body={ lambda a:f64[] . let
                      b:f64[] = mul a a
                    in (b) } constants=0] a
              in (b) }
            """,
            MakeJaxpr(F, Ones())
        );
        Prints(
            """
            { lambda a:f64[] . let
                b:f64[] c:i64[] d:tape f64[] = while[condition={ lambda a:f64[] . let
                      b:bool[] = lt a 100.0
                    in (b) } body={ lambda a:f64[] . let
                      b:f64[] = mul a a
                    in (b, a) } constants=0] a
                e:f64[] = scan[body={ lambda a:i64[] b:f64[] c:f64[] . let
                      d:f64[] = mul b c
                      e:f64[] = mul b c
                      f:f64[] = add d e
                    in (f) } constants=0 carry=1 length=none reverse=true] c 1.0 d
              in (e) }
            """,
            MakeJaxpr(Grad(F), Ones())
        );
    }

    [Fact]
    public void Vmapped_while() =>
        Prints(
            """
            { lambda a:f64[4] . let
                b:f64[4] = broadcast_in_dim[shape=[4] axes=[]] 100.0
                c:bool[4] = lt a b
                d:bool[4] e:f64[4] f:i64[] = while[condition={ lambda a:bool[4] b:f64[4] . let
                      c:bool[] = reduce_or[axes=[0]] a
                    in (c) } body={ lambda a:bool[4] b:f64[4] . let
                      c:f64[4] = lane_fill a b
                      d:f64[4] = mul c c
                      e:f64[4] = select a d b
                      f:f64[4] = broadcast_in_dim[shape=[4] axes=[]] 100.0
                      g:bool[4] = lt e f
                      h:bool[4] = and a g
                    in (h, e) } constants=0] c a
              in (e) }
            """,
            MakeJaxpr(Vmap(x => WhileLoop(y => y < 100, y => y * y, x)), Ones(4))
        );

    [Fact]
    public void Vmapped_counted_loop_keeps_its_counter_a_number() =>
        Prints(
            """
            { lambda a:f64[4] . let
                b:f64[4] = scan[body={ lambda a:i64[] b:f64[4] c:f64[4] . let
                      d:f64[4] = mul c b
                      e:f64[] = convert[type=f64 weak=false] a
                      f:f64[4] = broadcast_in_dim[shape=[4] axes=[]] e
                      g:f64[4] = add d f
                    in (g) } constants=1 carry=1 length=5 reverse=false] a a
              in (b) }
            """,
            MakeJaxpr(Vmap(x => ForiLoop(0, 5, (i, y) => y * x + i, x)), Ones(4))
        );

    [Fact]
    public void Cond_and_its_gradient()
    {
        static NDArray F(NDArray x) => Cond(x > 0, a => Sin(a), a => a * a, x);
        Prints(
            """
            { lambda a:f64[] . let
                b:bool[] = lt 0.0 a
                c:f64[] = cond[branches=[{ lambda a:f64[] . let
                      b:f64[] = mul a a
                    in (b) } { lambda a:f64[] . let
                      b:f64[] = sin a
                    in (b) }]] b a
              in (c) }
            """,
            MakeJaxpr(F, Ones())
        );
        Prints(
            """
            { lambda a:f64[] . let
                b:bool[] = lt 0.0 a
                c:f64[] = cond[branches=[{ lambda a:f64[] . let in (0.0) } { lambda a:f64[] . let
                      b:f64[] = cos a
                    in (b) }]] b a
                d:f64[] = cond[branches=[{ lambda a:f64[] b:f64[] c:f64[] . let
                      d:f64[] = mul c a
                      e:f64[] = mul c a
                      f:f64[] = add d e
                    in (f) } { lambda a:f64[] b:f64[] c:f64[] . let
                      d:f64[] = mul c b
                    in (d) }]] b a c 1.0
              in (d) }
            """,
            MakeJaxpr(Grad(F), Ones())
        );
    }

    [Fact]
    public void Jit_in_jit_and_its_gradient()
    {
        var inner = Jit((NDArray x) => Sin(x) * x);
        Prints(
            """
            { lambda a:f64[] . let
                b:f64[] = jit[body={ lambda a:f64[] . let
                      b:f64[] = sin a
                      c:f64[] = mul b a
                    in (c) }] a
                c:f64[] = add b 1.0
              in (c) }
            """,
            MakeJaxpr(x => inner(x) + 1, Ones())
        );
        Prints(
            """
            { lambda a:f64[] . let
                b:f64[] c:f64[] = jit[body={ lambda a:f64[] . let
                      b:f64[] = sin a
                      c:f64[] = cos a
                    in (c, b) }] a
                d:f64[] = jit[body={ lambda a:f64[] b:f64[] c:f64[] d:f64[] . let
                      e:f64[] = mul d c
                      f:f64[] = mul d b
                      g:f64[] = mul f a
                      h:f64[] = add e g
                    in (h) }] b a c 1.0
              in (d) }
            """,
            MakeJaxpr(Grad(inner), Ones())
        );
    }

    [Fact]
    public void Gradient_of_a_checkpoint() =>
        Prints(
            """
            { lambda a:f64[] . let
                b:f64[] = exp a
                c:f64[] = cos b
                d:f64[] = mul 1.0 c
                e:f64[] = mul d b
              in (e) }
            """,
            MakeJaxpr(Grad(Checkpoint((NDArray x) => Sin(Exp(x)))), Ones())
        );

    [Fact]
    public void Gradient_of_a_custom_vjp() =>
        Prints(
            """
            { lambda a:f64[] . let
                b:f64[] = cos a
                c:f64[] = mul b 1.0
              in (c) }
            """,
            MakeJaxpr(Grad(CustomVjp(Sin, x => (Sin(x), Cos(x)), (cos, ct) => cos * ct)), Ones())
        );
}
