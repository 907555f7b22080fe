//! Generates the client into `OUT_DIR`.

fn main() -> Result<(), bindery::GeneratorError> {
    bindery::Generator::new("openapi.yaml").config("codegen.toml").generate()
}
